"""What moves do besides moving: run by `advance`, inside its transaction."""

from __future__ import annotations

from collections.abc import Container, Iterator

from sqlalchemy import delete, func, select

from grants.dossiers.advance import EffectContext
from grants.dossiers.appointments import fix_appointment
from grants.dossiers.opening import open_linked
from grants.dossiers.tables import RendezVous
from grants.dossiers.vocabulary import DOSSIERS
from workflow.database import table_of
from workflow.pipeline import Pipeline

_R = table_of(RendezVous)
_OPEN_IN = "ouvrir_dossier_dans"


@DOSSIERS.effect("fixer_rendez_vous")
def appointment_of_the_move(context: EffectContext) -> None:
    """The move's date and place become the dossier's appointment."""
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
    answers = context.move.values
    target = answers.get("destination") or ""
    if answers.get("ouvrir_dossier") and context.engine.catalogue.latest(target) is not None:
        open_linked(context, target)


@DOSSIERS.effect(_OPEN_IN, argument="pipeline")
def dossier_for_more_needs(context: EffectContext) -> None:
    """Open a dossier of the pipeline that the file names, linked to this one, which goes on."""
    assert context.argument is not None, "checked when the file was loaded"
    open_linked(context, context.argument, origin="suite")


def target_faults(pipeline: Pipeline, known: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Effects that would open a dossier of a pipeline that no file describes."""
    for action in pipeline.actions:
        for effect in action.effects:
            if effect.name == _OPEN_IN and (effect.argument or "") not in known:
                problem = f"dispositif inconnu « {effect.argument} »"
                yield f"action.{action.key}.effects", problem, "nommez la clé d'un dispositif"
