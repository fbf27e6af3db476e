"""What people do with one letter: read it, let it leave, stop it, send it again, post it.

Each takes the letter locked and at the version that was on screen; none commits, none journals.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from notifications.courrier_table import Courrier, CourrierRappel
from notifications.drafts import Draft, Row, Writer, draft_of
from notifications.freezing import UNWRITTEN, copy_files, freeze
from notifications.messages import House
from notifications.outbox import (
    A_COMPLETER,
    A_VALIDER,
    ANNULE,
    COURRIEL,
    ECHEC,
    ENVOYE,
    PAPIER,
    PREPARE,
    PRET,
    STATE_LABELS,
    WAITING,
)
from notifications.written import Incomplete, Unwritable, WrittenLetter
from workflow.database import LARGEST_ID, Database, column_names, table_of
from workflow.dates import format_datetime
from workflow.errors import DomainError, NotFound, Stale
from workflow.journal import canonical

_M, _R = table_of(Courrier), table_of(CourrierRappel)


class TooLate(DomainError):
    """Ce courrier est {state} : ce n’est plus possible."""

    code = "courrier_trop_tard"


class LetterIncomplete(DomainError):
    """Ce courrier ne peut pas partir : il manque {missing}."""

    code = "courrier_a_completer"


class LetterFaulty(DomainError):
    """Ce courrier ne peut pas partir, son modèle est à corriger : {cause}"""

    code = "courrier_mal_ecrit"


class LetterChanged(DomainError):
    """Le texte de ce courrier n’est plus celui qui était affiché. Relisez-le, puis envoyez-le."""

    code = "courrier_modifie"


class NoAddress(DomainError):
    """{name} n’a pas d’adresse e-mail : ce courrier ne peut être qu’imprimé."""

    code = "courrier_sans_adresse"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who does it; `id` None for the software itself."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as it would leave today: its text, or what it lacks, or what is wrong with it."""

    draft: Draft
    written: WrittenLetter | None = None
    missing: tuple[str, ...] = ()
    told_missing: str = ""
    cause: str | None = None


def preview(
    connection: Connection, write: Writer, tenant_id: int, id: int, now: datetime
) -> Preview:
    """What would leave, written anew. Raises NotFound."""
    draft = draft_of(connection, tenant_id, id)
    try:
        return Preview(draft, write(connection, draft, now))
    except Incomplete as fault:
        return Preview(draft, missing=fault.names, told_missing=fault.told)
    except Unwritable as fault:
        return Preview(draft, cause=fault.cause)


def ready(
    database: Database, write: Writer, tenant_id: int, id: int, now: datetime, shown: str | None
) -> tuple[Draft, WrittenLetter]:
    """The text to let leave, written outside any transaction that changes anything.

    `shown`: the digest of what was on screen. Raises NotFound, TooLate, LetterIncomplete,
    LetterFaulty, LetterChanged.
    """
    with database.reading() as session:
        found = preview(session.connection(), write, tenant_id, id, now)
    _require(found.draft.row, (A_VALIDER, A_COMPLETER, PREPARE))
    if found.missing:
        raise LetterIncomplete(missing=found.told_missing)
    if found.written is None:
        raise LetterFaulty(cause=found.cause or "")
    if shown is not None and shown != found.written.digest:
        raise LetterChanged
    return found.draft, found.written


def approve(
    connection: Connection,
    house: House,
    locked: Row,
    seen: tuple[Draft, WrittenLetter],
    by: Signer,
    now: datetime,
) -> None:
    """« Envoyer »: fix the text that was shown; it leaves at once, or is printed as it is.

    Raises TooLate, LetterChanged.
    """
    draft, written = seen
    _require(locked, (A_VALIDER, A_COMPLETER, PREPARE))
    if (locked["state"], locked["version"]) != (draft.row["state"], draft.row["version"]):
        raise LetterChanged
    if locked["channel"] == COURRIEL and not locked["recipient_email"]:
        raise NoAddress(name=locked["recipient_name"])
    signed = {
        "validated_by_id": by.id,
        "validated_by": by.name,
        "validated_at": now,
        "due_at": now,
        "version": locked["version"] + 1,
    }
    freeze(connection, house, locked, written, signed)


def cancel(connection: Connection, locked: Row, now: datetime) -> None:
    """It will not leave. Raises TooLate."""
    _require(locked, WAITING)
    _change(connection, locked, {"state": ANNULE, "settled_at": now})


def retry(connection: Connection, locked: Row, email: str | None, now: datetime) -> None:
    """Try again what failed, to the address known today, under the same Message-ID.

    Raises TooLate, NoAddress.
    """
    _require(locked, (ECHEC,))
    if not email:
        raise NoAddress(name=locked["recipient_name"])
    _change(
        connection,
        locked,
        {
            "state": PRET if locked["digest"] else PREPARE,
            "channel": COURRIEL,
            "recipient_email": email,
            "attempts": 0,
            "due_at": now,
            "settled_at": None,
        },
    )


def require_sent_by_mail(row: Row, email: str | None) -> None:
    """Only what left by e-mail, for somebody who has an address, is sent once more.

    Raises TooLate, NoAddress.
    """
    _require(row, (ENVOYE,))
    if row["channel"] == PAPIER:
        raise TooLate(state="déjà posté")
    if not email:
        raise NoAddress(name=row["recipient_name"])


def send_copy(
    connection: Connection, house: House, sent: Row, email: str, seq: int, by: Signer,
    now: datetime,
) -> int:  # fmt: skip
    """Send once more what was sent, as it was: another letter, under the journal entry `seq`."""
    row = {name: sent[name] for name in column_names(_M, without="id")} | {
        "subject_seq": seq,
        "recipient_email": email,
        "state": PRET,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "answer": None,
        "sent_at": None,
        "settled_at": None,
        "validated_by_id": by.id,
        "validated_by": by.name,
        "validated_at": now,
        "version": 1,
    }
    id = connection.execute(insert(_M).values(row).returning(_M.c.id)).scalar_one()
    numbered = {"message_id": house.message_id({**row, "id": id})}
    connection.execute(update(_M).where(_M.c.id == id).values(numbered))
    copy_files(connection, sent["id"], id)
    return id


def mark_posted(connection: Connection, locked: Row, by: Signer, now: datetime) -> None:
    """Somebody printed it and posted it. Raises TooLate."""
    _require(locked, (PRET,))
    if locked["channel"] != PAPIER:
        raise TooLate(state="à envoyer par e-mail")
    _change(
        connection,
        locked,
        {
            "state": ENVOYE,
            "sent_at": now,
            "settled_at": now,
            "answer": "Posté",
            "validated_by_id": by.id,
            "validated_by": by.name,
            "validated_at": now,
        },
    )


def complete(
    connection: Connection, draft: Draft, fresh: Callable[[Row], Mapping[str, Any]], now: datetime
) -> None:
    """Fill what was missing with what is known today; it is written anew. Raises TooLate.

    `fresh` gives the values of a part: the letter, or each reminder that it merges. What was known
    when it became due stays as it was.
    """
    _require(draft.row, (A_COMPLETER,))

    def completed(part: Row) -> str:
        return canonical(filled(json.loads(part["context"]), fresh(part)))

    for part in draft.reminders:
        rewritten = update(_R).where(_R.c.id == part["id"])
        connection.execute(rewritten.values(context=completed(part)))
    again = {**UNWRITTEN, "state": PREPARE, "context": completed(draft.row), "due_at": now}
    _change(connection, draft.row, again)


def print_instead(connection: Connection, locked: Row) -> None:
    """Write it anew to be printed, instead of being sent. Raises TooLate."""
    _require(locked, (A_COMPLETER, A_VALIDER, PRET, ECHEC))
    if locked["channel"] == PAPIER:
        raise TooLate(state="déjà à imprimer")
    _change(connection, locked, {**UNWRITTEN, "state": PREPARE, "channel": PAPIER})


def filled(known: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, with those that were missing taken from fresh ones."""
    whole = dict(known)
    for key, value in fresh.items():
        held = whole.get(key)
        if isinstance(held, Mapping) and isinstance(value, Mapping):
            whole[key] = filled(held, value)
        elif held in (None, "", [], {}):
            whole[key] = value
    return whole


def lock_letter(
    connection: Connection, tenant_id: int, id: int, version: int | None = None
) -> dict[str, Any]:
    """The letter that this transaction will change. Raises NotFound, Stale for an old version."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = select(*_M.c).where(_M.c.id == id, _M.c.tenant_id == tenant_id)
    row = connection.execute(query.with_for_update()).mappings().first()
    if row is None:
        raise NotFound
    if version is not None and version != row["version"]:
        at = row["settled_at"] or row["validated_at"]
        when = format_datetime(at) if at else "à l’instant"
        what = f"courrier {STATE_LABELS[row['state']]}"
        raise Stale(row["validated_by"] or "quelqu’un", at, when, what)
    return dict(row)


def _require(row: Row, states: Iterable[str]) -> None:
    if row["state"] not in states:
        raise TooLate(state=STATE_LABELS[row["state"]])


def _change(connection: Connection, row: Row, values: Mapping[str, Any]) -> None:
    changed = {**values, "version": row["version"] + 1, "leased_until": None}
    connection.execute(update(_M).where(_M.c.id == row["id"]).values(changed))
