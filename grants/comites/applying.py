"""The decisions of a séance applied to its dossiers: one move each, each with its own outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.comptage import AJOURNE, REFUSE, RETENU
from grants.comites.decisions import decision_of, decisions_of
from grants.comites.errors import DecisionRefused
from grants.comites.reading import read_sitting
from grants.comites.regles import load_regles
from grants.dossiers.advance import Advanced, Demand, advance
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES
from workflow.pipeline import Action
from workflow.subject import Subject

#: The rule that a move by the comité's decision has → the decision that it asks for.
_RULES = {
    RETENU: "decision_favorable",
    AJOURNE: "decision_d_ajourner",
    REFUSE: "decision_de_refus",
}


_ONLY_ADVISES = (
    "Ce comité donne un avis : rien n’est à appliquer. L’organisme décide ensuite, sur la page du"
    " dossier."
)


@dataclass(frozen=True, slots=True)
class ToApply:
    """One dossier whose decision waits to be applied."""

    dossier_id: int
    retenue: str


def to_apply(connection: Connection, organisme_id: int, seance_id: int) -> list[ToApply]:
    """The decisions of a séance that no move has applied yet. Raises NotFound.

    None of a comité that advises: the organisme decides afterwards, dossier by dossier.
    """
    seance = read_sitting(connection, organisme_id, seance_id, lock=False)
    if not load_regles(seance.row["regles"]).mots.decides:
        return []
    return [
        ToApply(dossier_id, row["retenue"])
        for dossier_id, row in sorted(decisions_of(connection, seance_id).items())
        if row["appliquee_le"] is None
    ]


def apply_decision(
    session: Session,
    engine: Engine,
    identity: Identity,
    seance_id: int,
    dossier_id: int,
    now: datetime,
    key: str | None = None,
) -> Advanced:
    """Move a dossier by what its séance decided. Never commits.

    Raises NotFound, DecisionRefused, Refused with every reason, Invalid.
    """
    connection = session.connection()
    seance = read_sitting(connection, identity.organisme_id, seance_id, lock=False)
    read_passage(connection, seance, dossier_id)
    if not load_regles(seance.row["regles"]).mots.decides:
        raise DecisionRefused(raison=_ONLY_ADVISES)
    decided = decision_of(connection, seance_id, dossier_id)
    if decided is None:
        raise DecisionRefused(raison="Aucune décision n’est prise sur ce dossier.")
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    if decided["appliquee_le"] is not None:
        return Advanced(subject.id, subject.stage, replayed=True)
    action = _action_for(engine, subject, decided["retenue"])
    demand = Demand(
        dossier_id,
        action.key,
        _answers(action, decided),
        reason=decided["motif"] or None if action.reason else None,
        key=key,
    )
    return advance(session, engine, identity, demand, now)


def _action_for(engine: Engine, subject: Subject, decided: str) -> Action:
    """The move that this decision leads to from where the dossier stands."""
    rule = _RULES[decided]
    for action in engine.machine(subject).leaving(subject.stage).values():
        if any(reference.name == rule for reference in action.guards):
            return action
    raise DecisionRefused(raison="Ce dossier n’est plus devant le comité : rien n’est à appliquer.")


def _answers(action: Action, decided: dict[str, Any]) -> dict[str, str | list[str] | None]:
    """What the move's own form asks, as the decision answers it."""
    known = {"montant": decided["montant"], "texte_long": decided["motif"]}
    return {
        field.key: FIELD_TYPES[field.type].form(known[field.type])
        for field in action.fields
        if known.get(field.type) is not None
    }
