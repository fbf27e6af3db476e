"""What moves do besides moving: of a dossier around its séance, of a séance itself.

Each loads what it needs when it runs: the names are known from the start, which has no move yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from grants.comites.tables import Decision, Presence, Seance
from grants.comites.vocabulary import COMITES, SEANCE_FIELD
from workflow.database import table_of
from workflow.statements import Statement

if TYPE_CHECKING:
    from grants.comites.moves import SeanceMove
    from grants.dossiers.advance import EffectContext

_X, _R, _S = table_of(Decision), table_of(Presence), table_of(Seance)
_MARK = Statement(
    update(_X)
    .where(_X.c.dossier_id == bindparam("dossier_"), _X.c.seance_id == bindparam("seance_"))
    .values(appliquee_le=bindparam("moment_"))
)


# --- Of a dossier -----------------------------------------------------------------------------


@COMITES.effect("inscrire_a_l_ordre_du_jour")
def onto_the_agenda(context: EffectContext) -> None:
    """The dossier comes on the agenda of the séance chosen, and leaves that of another."""
    from grants.comites.agenda import put_on_agenda, take_off_agenda

    connection, at = context.session.connection(), context.move.at
    take_off_agenda(connection, context.identity, context.subject.id, at)
    seance_id = context.move.values[SEANCE_FIELD]
    put_on_agenda(connection, context.identity, seance_id, context.subject.id, at)


@COMITES.effect("quitter_l_ordre_du_jour")
def off_the_agenda(context: EffectContext) -> None:
    """The dossier leaves the agenda that it was on."""
    from grants.comites.agenda import take_off_agenda

    connection = context.session.connection()
    take_off_agenda(connection, context.identity, context.subject.id, context.move.at)


@COMITES.undoing("inscrire_a_l_ordre_du_jour")
@COMITES.undoing("quitter_l_ordre_du_jour")
def back_where_it_was(context: EffectContext) -> None:
    """A corrected move gives the dossier back the agenda that its own answers name."""
    from grants.comites.agenda import put_on_agenda, take_off_agenda

    connection, at = context.session.connection(), context.move.at
    take_off_agenda(connection, context.identity, context.subject.id, at)
    seance_id = context.subject.row["seance_id"]
    if seance_id is not None and _stands_before_it(context):
        put_on_agenda(connection, context.identity, seance_id, context.subject.id, at)


def _stands_before_it(context: EffectContext) -> bool:
    """Whether the stage come back to is one where dossiers wait for their séance."""
    leaving = context.engine.machine(context.subject).leaving(context.subject.stage).values()
    return any(ref.name == "quitter_l_ordre_du_jour" for each in leaving for ref in each.effects)


@COMITES.effect("appliquer_la_decision")
def decision_applied(context: EffectContext) -> None:
    """The dossier has moved by what its séance decided: the decision changes no more."""
    _mark(context, applied=True)


@COMITES.undoing("appliquer_la_decision")
def decision_not_applied(context: EffectContext) -> None:
    """The move is corrected: the decision waits to be applied again."""
    _mark(context, applied=False)


def _mark(context: EffectContext, *, applied: bool) -> None:
    subject = context.subject
    values = {
        "dossier_": subject.id,
        "seance_": subject.row["seance_id"],
        "moment_": context.move.at if applied else None,
    }
    _MARK.run(context.session.connection(), values)


# --- Of a séance ------------------------------------------------------------------------------


@COMITES.effect("figer_les_regles")
def rules_frozen(context: SeanceMove) -> None:
    """Members are convened under the rules in force that day; the first in rank will preside."""
    from grants.comites.assemblee import room_of
    from grants.comites.chain import record
    from grants.comites.instances import COMITES_LEDGER

    connection, subject = context.session.connection(), context.subject
    comite = COMITES_LEDGER.read(connection, subject.tenant_id, subject.row["comite_id"])
    room = room_of(connection, subject)
    preside = subject.row["preside_id"]
    if preside is None or room.member(preside) is None:
        ranked = [each for each in room.membres if each.rang_presidence is not None]
        preside = min(ranked, key=lambda each: each.rang_presidence or 0).id
    changes = {"regles": comite["regles"], "preside_id": preside}
    connection.execute(update(_S).where(_S.c.id == subject.id).values(**changes))
    subject.row = {**subject.row, **changes}
    told = {"regles": comite["regles"], "preside": preside}
    record(connection, subject, context.acting, "regles_figees", told, context.move.at)


@COMITES.effect("clore_les_presences")
def presences_closed(context: SeanceMove) -> None:
    """Whoever was still there leaves at the closing; the journal keeps who was who."""
    from grants.comites.agenda import agenda_of
    from grants.comites.assemblee import PRESENT
    from grants.comites.chain import record
    from grants.comites.roster import roster_of

    connection, subject, at = context.session.connection(), context.subject, context.move.at
    leaving = update(_R).where(
        _R.c.seance_id == subject.id, _R.c.etat == PRESENT, _R.c.depart.is_(None)
    )
    connection.execute(leaving.values(depart=at))
    told = {
        "organisme": subject.row["organisme_nom"],
        **roster_of(connection, subject, agenda_of(connection, subject.id)),
    }
    record(connection, subject, context.acting, "feuille_de_presence", told, at)


@COMITES.effect("reprendre_les_presences")
def presences_resumed(context: SeanceMove) -> None:
    """Whom the closing sent away is there again, where it is reopened at once."""
    from grants.comites.resuming import resume_presences

    resume_presences(context.session.connection(), context.subject, context.acting, context.move.at)


@COMITES.effect("figer_le_pv")
def minutes_frozen(context: SeanceMove) -> None:
    """The minutes' data are those of that instant; nothing of the séance changes after."""
    from grants.comites.minutes import freeze_minutes

    freeze_minutes(context.session.connection(), context.subject, context.acting, context.move.at)
