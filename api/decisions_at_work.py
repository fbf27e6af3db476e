"""The decisions of a séance applied, each in its own transaction, each with its own outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from api.house import House
from grants.comites.applying import apply_decision, to_apply
from grants.dossiers.rehearsal import sentences_of
from grants.organisation.identity import Identity
from workflow.errors import OF_THE_DATABASE, DomainError

#: Whether a decision is applied, and every sentence of what it did or was refused for.
Applied = tuple[bool, tuple[str, ...]]


def apply_waiting(
    house: House, identity: Identity, now: datetime, seance_id: int
) -> Mapping[int, Applied]:
    """Apply every decision that waits; what became of each, by dossier. Raises NotFound."""
    with house.database.reading() as session:
        waiting = to_apply(session.connection(), identity.organisme_id, seance_id)
    return {
        each.dossier_id: apply_one(house, identity, now, seance_id, each.dossier_id)
        for each in waiting
    }


def apply_one(
    house: House, identity: Identity, now: datetime, seance_id: int, dossier_id: int
) -> Applied:
    """Apply one decision; done twice, it is applied once. Raises NotFound."""
    try:
        with house.database.unit_of_work() as session:
            moved = apply_decision(session, house.engine, identity, seance_id, dossier_id, now)
    except OF_THE_DATABASE:
        raise
    except DomainError as error:
        return False, sentences_of(error)
    if moved.replayed or not moved.moves:
        return True, ("C’était déjà fait.",)
    return True, tuple(each.action.done or each.action.label for each in moved.moves)
