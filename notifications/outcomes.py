"""What becomes of a letter after one attempt: sent, tried again later, given up, dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from notifications.cadence import PAUSES
from notifications.claims import Claim
from notifications.hooks import Hooks, Row
from notifications.outbox import ANNULE, ECHEC, ENVOYE, PRET
from notifications.smtp_replies import LONGEST_ANSWER
from notifications.suspensions import REASONS, suspension_of
from notifications.transports import Answer

#: How long after each attempt the next one comes: three days in all, then the letter is given up.
WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440)
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state that a letter goes to, and why. `due_at`: when it is tried again.

    `counted`: whether this was an attempt at this letter. `closed`: the server takes nothing.
    `reached`: the server was asked and takes letters.
    """

    state: str
    why: str
    due_at: datetime | None = None
    counted: bool = True
    closed: bool = False
    reached: bool = True
    no_mailbox: bool = False


def outcome_of(answer: Answer, taken: Claim, now: datetime) -> Outcome:
    """What an answer makes of a letter."""
    if answer.verdict == "accepte":
        return Outcome(ENVOYE, answer.text)
    if answer.verdict == "ferme":
        # It is not this letter's fault: it loses no attempt, and lets the others go first.
        later = now + PAUSES[0]
        return Outcome(PRET, answer.text, later, counted=False, closed=True, reached=False)
    if answer.verdict == "plus_tard" and taken.attempt <= len(WAITS):
        return Outcome(PRET, answer.text, now + WAITS[taken.attempt - 1])
    if answer.verdict == "plus_tard":
        return Outcome(ECHEC, f"Abandonné après {taken.attempt} essais : {answer.text}")
    return Outcome(ECHEC, answer.text, no_mailbox=answer.no_mailbox)


def obstacle(connection: Connection, hooks: Hooks, taken: Claim, now: datetime) -> Outcome | None:
    """What keeps a letter from being tried at all; None when it may leave."""
    row = taken.row
    suspended = suspension_of(connection, row["tenant_id"], row["recipient_email"])
    if suspended is not None and suspended.stops(reminder=row["reminder"]):
        why = f"{REASONS[suspended.reason]}. {suspended.detail}".strip()[:LONGEST_ANSWER]
        return Outcome(ANNULE if row["reminder"] else ECHEC, why, reached=False)
    if taken.attempt > len(WAITS) + 1:
        return Outcome(ECHEC, "Abandonné : l’envoi s’est interrompu trop souvent", reached=False)
    return _hold_back(connection, hooks, row, now) if is_held_to_hours(row) else None


def is_held_to_hours(row: Row) -> bool:
    """Whether it leaves by itself as a reminder does; what somebody sends leaves at once."""
    return row["reminder"] and row["validated_by_id"] is None


def _hold_back(connection: Connection, hooks: Hooks, row: Row, now: datetime) -> Outcome | None:
    """A reminder that waited its turn past the hours of reminders waits for the next ones."""
    opening = hooks.opening(connection, row["tenant_id"], now)
    if opening <= now:
        return None
    return Outcome(PRET, row["answer"] or "", opening, counted=False, reached=False)
