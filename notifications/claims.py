"""Letters taken to be sent, one by one: nobody else sends one meanwhile, and what dies gives back.

A claim is a transaction of its own. Its `attempts` tell one claim from the next: whoever comes
back too late finds another number there, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    false,
    null,
    or_,
    select,
    text,
    true,
    update,
)

from notifications import cadence
from notifications.courrier_table import TO_SEND, Courrier, PieceJointe
from notifications.outbox import ANNULE, EN_COURS, PRET
from workflow.database import Database, UtcDateTime, table_of
from workflow.statements import Statement

#: Added to the longest attempt: nobody takes a letter over while it may still be under way.
MARGIN = timedelta(minutes=2)
_M, _F = table_of(Courrier), table_of(PieceJointe)
# Written out, not bound: the indexes are partial on them.
_TO_SEND, _LEASED = text(TO_SEND), text(f"state = '{EN_COURS}'")
_TO_WRITE = text("state = 'prepare'")
_NOW = bindparam("now", type_=UtcDateTime)


def _lapsed(now: Any) -> ColumnElement[bool]:
    return _M.c.leased_until <= now


_IDLE = Statement(
    select(
        exists(select(1).where(_TO_WRITE, or_(_M.c.leased_until.is_(None), _lapsed(_NOW)))).label(
            "to_write"
        ),
        or_(
            exists(select(1).where(_TO_SEND, _M.c.reminder == false(), _M.c.due_at <= _NOW)),
            exists(select(1).where(_TO_SEND, _M.c.reminder == true(), _M.c.due_at <= _NOW)),
            exists(select(1).where(_LEASED, _lapsed(_NOW))),
        ).label("to_send"),
    )
)


def _first(*conditions: Any, oldest: ColumnElement[datetime]) -> Statement:
    query = select(*_M.c).where(*conditions).order_by(oldest, _M.c.id).limit(1)
    return Statement(query.with_for_update(skip_locked=True))


_NEXT = (
    _first(_LEASED, _lapsed(_NOW), oldest=_M.c.leased_until),
    _first(_TO_SEND, _M.c.reminder == false(), _M.c.due_at <= _NOW, oldest=_M.c.due_at),
    _first(_TO_SEND, _M.c.reminder == true(), _M.c.due_at <= _NOW, oldest=_M.c.due_at),
)
_TAKE = Statement(
    update(_M)
    .where(_M.c.id == bindparam("letter_"))
    .values(state=EN_COURS, **{each: bindparam(each) for each in ("attempts", "leased_until")})
)
_FILES = Statement(
    select(_F.c.name, _F.c.media_type, _F.c.content)
    .where(_F.c.courrier_id == bindparam("letter_"))
    .order_by(_F.c.id)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One letter to send, with its files. `was_failing`: the server was, the last time."""

    row: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]]
    was_failing: bool = False

    @property
    def id(self) -> int:
        """The letter's id."""
        return self.row["id"]

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self.row["attempts"]


def look(database: Database, now: datetime) -> tuple[bool, bool]:
    """Whether there is anything to write, and to send: one query, all that idling costs."""
    with database.glance() as connection:
        (found,) = _IDLE.rows(connection, {"now": now})
    return bool(found["to_write"]), bool(found["to_send"])


def claim(
    database: Database, now: datetime, lease: timedelta, per_minute: int | None
) -> Claim | None:
    """Take the letter whose turn it is. None when nothing is due, or nothing may leave just now."""
    with database.unit_of_work() as session:
        connection = session.connection()
        pace = cadence.pace_of(connection, lock=True)
        if pace.rests(now) or (per_minute is not None and pace.sent_lately(now) >= per_minute):
            return None
        row = _next(connection, now)
        if row is None:
            return None
        taken = {"attempts": row["attempts"] + 1, "leased_until": now + lease}
        _TAKE.run(connection, {"letter_": row["id"], **taken})
        if per_minute is not None:
            cadence.count_one(connection, pace, now)
        files = _FILES.rows(connection, {"letter_": row["id"]})
    return Claim({**row, **taken, "state": EN_COURS}, files, pace.faults > 0)


def _next(connection: Connection, now: datetime) -> Mapping[str, Any] | None:
    """What somebody left unfinished, then letters, then reminders; the one that waits longest."""
    for statement in _NEXT:
        if row := statement.first(connection, {"now": now}):
            return row
    return None


def settle(connection: Connection, taken: Claim, values: Mapping[str, Any]) -> bool:
    """Write what became of a letter, if it is still as it was taken."""
    return _write(connection, taken, values, sent=False)


def settle_sent(connection: Connection, taken: Claim, values: Mapping[str, Any]) -> bool:
    """Write that a letter has left, whoever sends it too, or took its move back meanwhile."""
    return _write(connection, taken, values, sent=True)


def _write(connection: Connection, taken: Claim, values: Mapping[str, Any], *, sent: bool) -> bool:
    of = {"letter_": taken.id, "attempt_": taken.attempt}
    return _settling(tuple(sorted(values)), sent).run(connection, {**of, **values}) == 1


@lru_cache(maxsize=64)
def _settling(columns: tuple[str, ...], sent: bool) -> Statement:
    unchanged = (_M.c.state == EN_COURS, _M.c.attempts == bindparam("attempt_"))
    left = or_(_M.c.state == EN_COURS, _M.c.state == PRET, _M.c.state == ANNULE)
    still = (left,) if sent else unchanged
    return Statement(
        update(_M)
        .where(_M.c.id == bindparam("letter_"), *still)
        .values({"leased_until": null()} | {name: bindparam(name) for name in columns})
    )
