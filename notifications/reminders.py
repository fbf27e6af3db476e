"""Reminders in the outbox: one letter for all that is due together, at most one e-mail a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal_column, select, text, true

from notifications.courrier_table import AdresseSuspendue, Courrier, CourrierRappel
from notifications.letters import Letter
from notifications.outbox import (
    A_VALIDER,
    AUTOMATIQUE,
    COURRIEL,
    EN_COURS,
    ENVOYE,
    PREPARE,
    PRET,
    Enclosed,
    Occasion,
    Recipient,
)
from workflow.canonical import canonical
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.many import Among
from workflow.statements import Statement

_LONGEST_TITLE = 120
_C, _R, _S = table_of(Courrier), table_of(CourrierRappel), table_of(AdresseSuspendue)
# Written out, not bound: an index is partial on it.
_REMINDER = text("courrier.reminder")
# Written and not sent yet, or on its way: whoever it is for is not written to again meanwhile.
_LEAVING = (PREPARE, PRET, EN_COURS)
_KNOWN = (
    "tenant_id",
    "letter",
    "title",
    "release",
    "channel",
    "subject_kind",
    "subject_id",
    "subject_seq",
    "recipient_id",
    "recipient_name",
    "recipient_email",
    "context",
    "state",
    "created_at",
    "due_at",
    "validated_by_id",
    "validated_by",
    "validated_at",
)
_INSERT = Statement(
    insert(_C).values(
        {name: bindparam(name) for name in _KNOWN}
        | {"reminder": true(), "attempts": literal_column("0"), "version": literal_column("1")}
    )
)
_CARRIED = ("tenant_id", "echeance_id", "due_at", "subject_kind", "subject_id", "letter", "label")
# The letter was written just before, under a key that it is found by.
_INSERT_CARRIED = Statement(
    insert(_R).values(
        {name: bindparam(name) for name in (*_CARRIED, "context")}
        | {
            "courrier_id": select(_C.c.id)
            .where(
                _C.c.subject_kind == bindparam("of_kind"),
                _C.c.subject_id == bindparam("of_id"),
                _C.c.subject_seq == bindparam("of_seq"),
                _C.c.letter == bindparam("of_letter"),
                _C.c.recipient_name == bindparam("of_name"),
            )
            .scalar_subquery()
        }
    )
)


@dataclass(frozen=True, slots=True)
class Carried:
    """One reminder inside a letter: the échéance at the moment it was due, and its own words.

    `context` is the plain data that they are written from, as JSON.
    """

    echeance_id: int
    due_at: datetime
    subject_kind: str
    subject_id: int
    letter: Letter
    label: str
    context: str


@dataclass(frozen=True, slots=True)
class Reminding:
    """One letter to one person, with all the reminders that it carries.

    `by`: who sends it by hand, id and name: it then leaves at once, whatever the hour and the day.
    """

    occasion: Occasion
    recipient: Recipient
    channel: str
    carried: Sequence[Carried]
    by: tuple[int | None, str] | None = None


def enqueue_reminders(connection: Connection, letters: Sequence[Reminding]) -> None:
    """Write these letters and what each carries, in the transaction that settles the échéances."""
    _INSERT.run_many(connection, [_row(each) for each in letters])
    carried = [_carried_row(letter, each) for letter in letters for each in letter.carried]
    _INSERT_CARRIED.run_many(connection, carried)


@dataclass(frozen=True, slots=True)
class OneEach:
    """A reminder that several people have, each a letter of his own: by which way, from when."""

    enclosed: Enclosed
    channel: str
    due_at: datetime


def enqueue_one_each(
    connection: Connection, occasion: Occasion, letters: Sequence[OneEach]
) -> None:
    """Write these letters in the transaction that settles the one échéance they come from."""
    _INSERT.run_many(connection, [_row_of_one(occasion, each) for each in letters])


def _row_of_one(occasion: Occasion, each: OneEach) -> dict[str, Any]:
    letter, recipient = each.enclosed.letter, each.enclosed.recipient
    return {
        "tenant_id": occasion.tenant_id,
        "letter": letter.key,
        "title": letter.title,
        "release": letter.release,
        "channel": each.channel,
        "subject_kind": occasion.subject_kind,
        "subject_id": occasion.subject_id,
        "subject_seq": occasion.seq,
        "recipient_id": recipient.personne_id,
        "recipient_name": recipient.name,
        "recipient_email": recipient.email,
        "context": canonical(each.enclosed.context),
        "state": PREPARE,
        "created_at": occasion.at,
        "due_at": each.due_at,
        "validated_by_id": None,
        "validated_by": None,
        "validated_at": None,
    }


_ALREADY = Statement(
    select(_C.c.recipient_id, _C.c.state, _C.c.due_at, _C.c.sent_at).where(
        _REMINDER,
        _C.c.tenant_id == bindparam("tenant"),
        Among(_C.c.recipient_id, "ids"),
        _C.c.channel == COURRIEL,
    )
)
_SUSPENDED = Statement(
    select(_S.c.email).where(_S.c.tenant_id == bindparam("tenant"), Among(_S.c.email, "emails"))
)


def days_taken(
    connection: Connection, recipients: Collection[tuple[int, int]], now: datetime
) -> dict[tuple[int, int], date]:
    """The last day in Paris, today or later, that each (organisme, personne) is reminded by e-mail.

    Those who may be written to today are left out.
    """
    today, taken = to_paris(now).date(), dict[tuple[int, int], date]()
    for tenant, ids in _by_tenant(recipients).items():
        for row in _ALREADY.rows(connection, {"tenant": tenant, "ids": ids}):
            day, who = _day(row, today), (tenant, row["recipient_id"])
            if day is not None and day >= max(today, taken.get(who, today)):
                taken[who] = day
    return taken


def _by_tenant(pairs: Collection[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for tenant, each in pairs:
        found.setdefault(tenant, []).append(each)
    return found


def _day(row: Mapping[str, Any], today: date) -> date | None:
    """The day that one reminder takes: when it left, or today while it is on its way."""
    if row["state"] == ENVOYE:
        return to_paris(row["sent_at"] or row["due_at"]).date()
    if row["state"] in _LEAVING:
        return max(today, to_paris(row["due_at"]).date())
    return None


def suspended_among(
    connection: Connection, addresses: Collection[tuple[int, str]]
) -> set[tuple[int, str]]:
    """Those of these (organisme, address) that are not to be reminded by e-mail."""
    return {
        (tenant, row["email"])
        for tenant, emails in _by_tenant(addresses).items()
        for row in _SUSPENDED.rows(connection, {"tenant": tenant, "emails": emails})
    }


def _row(each: Reminding) -> dict[str, Any]:
    first, occasion = each.carried[0], each.occasion
    return {
        "tenant_id": occasion.tenant_id,
        "letter": first.letter.key,
        "title": _title(each.carried),
        "release": _release(each),
        "channel": each.channel,
        "subject_kind": occasion.subject_kind,
        "subject_id": occasion.subject_id,
        "subject_seq": occasion.seq,
        "recipient_id": each.recipient.personne_id,
        "recipient_name": each.recipient.name,
        "recipient_email": each.recipient.email,
        "context": first.context,
        "state": PREPARE,
        "created_at": occasion.at,
        "due_at": occasion.at,
        "validated_by_id": each.by and each.by[0],
        "validated_by": each.by and each.by[1],
        "validated_at": each.by and occasion.at,
    }


def _release(each: Reminding) -> str:
    """What waits for a person's « Envoyer » makes the whole letter wait, unless he sends it."""
    by_itself = all(one.letter.release == AUTOMATIQUE for one in each.carried)
    return AUTOMATIQUE if by_itself or each.by else A_VALIDER


def _title(carried: Sequence[Carried]) -> str:
    titles: Iterable[str] = dict.fromkeys(each.letter.title for each in carried)
    return " ; ".join(titles)[:_LONGEST_TITLE]


def _carried_row(letter: Reminding, each: Carried) -> dict[str, Any]:
    occasion = letter.occasion
    return {
        "tenant_id": occasion.tenant_id,
        "echeance_id": each.echeance_id,
        "due_at": each.due_at,
        "subject_kind": each.subject_kind,
        "subject_id": each.subject_id,
        "letter": each.letter.key,
        "label": each.label,
        "context": each.context,
        "of_kind": occasion.subject_kind,
        "of_id": occasion.subject_id,
        "of_seq": occasion.seq,
        "of_letter": letter.carried[0].letter.key,
        "of_name": letter.recipient.name,
    }
