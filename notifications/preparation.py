"""Letters written once their move is committed: frozen, shown to whoever decides, or incomplete.

Each is written outside any transaction, then noted in one of its own, if nobody changed it since.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, or_, select, text, update
from sqlmodel import Session

from notifications.courrier_table import Courrier
from notifications.delivery import A_WHILE_S
from notifications.drafts import Draft, Writer, with_reminders
from notifications.freezing import drop, freeze, lack, show
from notifications.hooks import Hooks, NoHooks
from notifications.messages import House
from notifications.outbox import AUTOMATIQUE, COURRIEL, PAPIER, PREPARE
from notifications.suspensions import REASONS, Suspension, suspension_of
from notifications.written import Incomplete, Unwritable, WrittenLetter
from workflow.database import Database, table_of
from workflow.errors import DatabaseGone, DomainError

LEASE = timedelta(minutes=5)
_AT_ONCE = 20
#: After that many failures of the program itself, somebody must look.
_MOST_ATTEMPTS = 4
_M = table_of(Courrier)
_TO_WRITE = text(f"state = '{PREPARE}'")  # written out: the index is partial on it
_log = structlog.get_logger(__name__)


#: What looking at a letter gives: its text, what stands in its way, or why it is not wanted.
_Found = WrittenLetter | Incomplete | Unwritable | Suspension


class _Overtaken(Exception):
    """Somebody changed the letter while it was being written: it will be looked at again."""


@dataclass(frozen=True, slots=True)
class Study:
    """What writing letters takes."""

    write: Writer
    house: House = House()  # noqa: RUF009 — frozen
    hooks: Hooks = NoHooks()  # noqa: RUF009 — nothing in it changes
    lease: timedelta = LEASE


def prepare(
    database: Database,
    study: Study,
    clock: Callable[[], datetime],
    seconds: float = A_WHILE_S,
) -> int:
    """Write every letter that is due to be, until time is over; how many were looked at.

    Raises ExceptionGroup at the end with what broke, which a later tick tries again.
    """
    done, broken = 0, []
    until = time.monotonic() + seconds
    while time.monotonic() < until and (drafts := _claim(database, study, clock())):
        for draft in drafts:
            try:
                _prepare_one(database, study, draft, clock())
            except _Overtaken:
                continue
            except DatabaseGone:
                raise
            except Exception as fault:  # noqa: BLE001 — raised once the others were written
                _log.warning("letter_not_written", letter=draft.id, kind=type(fault).__name__)
                broken.append(fault)
            done += 1
    if broken:
        raise ExceptionGroup("letters that could not be written", broken)
    return done


def _claim(database: Database, study: Study, now: datetime) -> list[Draft]:
    """Some letters to write, which nobody else writes meanwhile."""
    query = (
        select(*_M.c)
        .where(_TO_WRITE, or_(_M.c.leased_until.is_(None), _M.c.leased_until <= now))
        .order_by(_M.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    with database.unit_of_work() as session:
        connection = session.connection()
        rows = [dict(row) for row in connection.execute(query).mappings()]
        if rows:
            taken = {"leased_until": now + study.lease, "attempts": _M.c.attempts + 1}
            ids = [row["id"] for row in rows]
            connection.execute(update(_M).where(_M.c.id.in_(ids)).values(taken))
        return with_reminders(connection, rows)


def _prepare_one(database: Database, study: Study, draft: Draft, now: datetime) -> None:
    with database.reading() as session:
        connection = session.connection()
        suspended = _stopped(connection, draft)
        if suspended is not None and not draft.row["reminder"]:
            # What it says is owed all the same: it will be printed.
            draft = replace(draft, row={**draft.row, "channel": PAPIER})
        if suspended is None or not draft.row["reminder"]:
            found = _written(study, connection, draft, now)
        else:
            found = suspended
    with database.unit_of_work() as session:
        if not _note(session, study, draft, found, now):
            raise _Overtaken


def _stopped(connection: Connection, draft: Draft) -> Suspension | None:
    row = draft.row
    if row["channel"] != COURRIEL:
        return None
    found = suspension_of(connection, row["tenant_id"], row["recipient_email"])
    return found if found is not None and found.stops(reminder=row["reminder"]) else None


def _written(study: Study, connection: Connection, draft: Draft, now: datetime) -> _Found:
    try:
        return study.write(connection, draft, now)
    except (Incomplete, Unwritable) as fault:
        return fault
    except Exception as fault:
        if draft.row["attempts"] + 1 < _MOST_ATTEMPTS or isinstance(fault, DomainError):
            raise
        _log.exception("letter_given_up", letter=draft.id)
        return Unwritable(f"Erreur du logiciel ({type(fault).__name__})")


def _note(session: Session, study: Study, draft: Draft, found: _Found, now: datetime) -> bool:
    connection, row = session.connection(), draft.row
    if isinstance(found, Suspension):
        return drop(connection, row, REASONS[found.reason], now)
    if isinstance(found, WrittenLetter):
        if row["release"] == AUTOMATIQUE:
            return freeze(connection, study.house, row, found)
        return show(connection, row, found)
    missing = ", ".join(found.names) if isinstance(found, Incomplete) else None
    cause = found.cause if isinstance(found, Unwritable) else None
    told = f"il manque {found.told}" if isinstance(found, Incomplete) else str(cause)
    study.hooks.on_missing(session, row, told, now)
    return lack(connection, row, missing=missing, why=cause)
