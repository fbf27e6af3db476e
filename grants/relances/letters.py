"""What a reminder's letter is written from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.causes import cause_told
from grants.dossiers.letters import reminder_context
from grants.relances.judging import Owed
from notifications.reminders import Carried
from workflow.canonical import canonical
from workflow.engine import Engine


def carried_of(connection: Connection, engine: Engine, each: Owed, now: datetime) -> Carried:
    """One reminder inside a letter, with the plain data it is written from."""
    assert each.rule.letter is not None, "only letters are carried"
    letter = engine.vocabulary.letters[each.rule.letter]
    relance = _relance(engine, each)
    return Carried(
        echeance_id=each.echeance["id"],
        due_at=each.echeance["due_at"],
        subject_kind=each.subject.kind,
        subject_id=each.subject.id,
        letter=letter,
        label=each.rule.label,
        context=canonical(
            reminder_context(connection, engine, each.subject, letter, relance, now, each.facts)
        ),
    )


def _relance(engine: Engine, each: Owed) -> Mapping[str, Any]:
    return {
        "numero": each.echeance["occurrence"],
        "sur": len(each.rule.delays),
        "cause": cause_told(engine, each.subject, each.rule),
        "depuis": each.echeance["anchored_on"].isoformat(),
    }
