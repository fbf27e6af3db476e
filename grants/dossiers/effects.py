"""What moves do besides moving: run by `advance`, inside its transaction.

Each loads what it needs when it runs: the names are known from the start, which has no move yet.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from grants.dossiers.tables import LienDossier, RendezVous
from grants.dossiers.vocabulary import DOSSIERS
from grants.organisation.identity import software
from workflow.database import table_of

if TYPE_CHECKING:
    from grants.dossiers.advance import EffectContext
    from workflow.pipeline import Pipeline

_R, _L = table_of(RendezVous), table_of(LienDossier)
_OPEN_IN = "ouvrir_dossier_dans"


@DOSSIERS.effect("fixer_rendez_vous")
def appointment_of_the_move(context: EffectContext) -> None:
    """The move's date and place become the dossier's appointment."""
    from grants.dossiers.appointments import fix_appointment

    answers = context.move.values
    fix_appointment(
        context.session, context.subject, answers["rendez_vous"], answers.get("lieu_rendez_vous")
    )


@DOSSIERS.undoing("fixer_rendez_vous")
def appointment_taken_back(context: EffectContext) -> None:
    """The appointment of a corrected move is no longer one."""
    connection, dossier = context.session.connection(), context.subject.id
    at = context.taken_back.get("rendez_vous")
    newest = select(func.max(_R.c.id)).where(_R.c.dossier_id == dossier, _R.c.le == at)
    connection.execute(delete(_R).where(_R.c.id == newest.scalar_subquery()))


@DOSSIERS.effect("ouvrir_dossier_lie")
def linked_dossier(context: EffectContext) -> None:
    """Open the dossier of the dispositif chosen, linked to this one, when it was asked for."""
    from grants.dossiers.opening import open_linked

    answers = context.move.values
    target = answers.get("destination") or ""
    if answers.get("ouvrir_dossier") and context.engine.catalogue.latest(target) is not None:
        open_linked(context, target)


@DOSSIERS.undoing("ouvrir_dossier_lie")
def linked_dossier_in_doubt(context: EffectContext) -> None:
    """The dossier that a corrected move opened goes on, with a note that says what happened.

    Somebody may be at work on it already: whether it still has a reason to be is theirs to say.
    """
    from grants.dossiers.notes import add_note

    taken_back = context.taken_back
    if not taken_back.get("ouvrir_dossier"):
        return
    linked = select(func.max(_L.c.suite_id)).where(
        _L.c.origine_id == context.subject.id, _L.c.nature == "suite"
    )
    opened = context.session.connection().execute(linked).scalar()
    if opened is not None:
        text = _IN_DOUBT.format(reference=context.subject.row["reference"])
        author = software(context.subject.tenant_id)
        add_note(context.session, context.engine, author, opened, text, context.move.at)


_IN_DOUBT = (
    "Ce dossier avait été ouvert par une réorientation du dossier {reference}, qui vient d’être "
    "corrigée. S’il n’a plus lieu d’être, classez-le sans suite."
)


@DOSSIERS.effect(_OPEN_IN, argument="pipeline")
def dossier_for_more_needs(context: EffectContext) -> None:
    """Open a dossier of the pipeline that the file names, linked to this one, which goes on."""
    from grants.dossiers.opening import open_linked

    assert context.argument is not None, "checked when the file was loaded"
    open_linked(context, context.argument, origin="suite")


def target_faults(pipeline: Pipeline, known: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Effects that would open a dossier of a pipeline that no file describes."""
    for action in pipeline.actions:
        for effect in action.effects:
            if effect.name == _OPEN_IN and (effect.argument or "") not in known:
                problem = f"dispositif inconnu « {effect.argument} »"
                yield f"action.{action.key}.effects", problem, "nommez la clé d'un dispositif"
