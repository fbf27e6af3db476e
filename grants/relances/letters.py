"""What a reminder's letter is written from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.dossiers.letters import reminder_context
from grants.relances.judging import Owed
from grants.relances.looking import Look
from notifications.reminders import Carried
from workflow.canonical import canonical


def carried_of(look: Look, each: Owed) -> Carried:
    """One reminder inside a letter, with the plain data it is written from."""
    assert each.rule.letter is not None, "only letters are carried"
    letter = look.engine.vocabulary.letters[each.rule.letter]
    context = reminder_context(
        *(look.connection, look.engine, each.subject, letter),
        *(_relance(look, each), look.now, each.facts, look.gathered),
    )
    return Carried(
        echeance_id=each.echeance["id"],
        due_at=each.echeance["due_at"],
        subject_kind=each.subject.kind,
        subject_id=each.subject.id,
        letter=letter,
        label=each.rule.label,
        context=canonical(context),
    )


def _relance(look: Look, each: Owed) -> Mapping[str, Any]:
    known = look.known(each.subject, each.rule.key)
    return {
        "numero": each.echeance["occurrence"],
        "sur": len(each.rule.delays),
        "cause": known.told if known else "",
        "depuis": each.echeance["anchored_on"].isoformat(),
    }
