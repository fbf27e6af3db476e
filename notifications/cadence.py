"""How fast letters leave, whoever sends them: a limit per minute, and rest when a server fails.

One row that every process locks before it takes a letter: what leaves is counted once for all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select, update

from notifications.courrier_table import Cadence
from workflow.conflicts import insert_into
from workflow.database import table_of
from workflow.statements import Statement

NAME = "courriel"
MINUTE_S = 60
#: How long nothing is tried after each fault in a row of the server itself; then the last of them.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 900))
_TABLE = table_of(Cadence)
_COLUMNS = (
    _TABLE.c.recent,
    _TABLE.c.faults,
    _TABLE.c.fault,
    _TABLE.c.since,
    _TABLE.c.paused_until,
)
_READ = select(*_COLUMNS).where(_TABLE.c.name == NAME)
_TO_SEE, _TO_CHANGE = Statement(_READ), Statement(_READ.with_for_update())


@dataclass(frozen=True, slots=True)
class Pace:
    """How things stand: `faults` in a row, the last of them, since when, and how long to rest."""

    recent: tuple[tuple[int, int], ...] = ()
    faults: int = 0
    fault: str | None = None
    since: datetime | None = None
    paused_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Whether nothing is tried yet. A clock that went back does not make the rest longer."""
        until = self.paused_until
        return until is not None and now < until <= now + PAUSES[-1]

    def sent_lately(self, now: datetime) -> int:
        """How many left in the last minute, by the clock of whoever asks."""
        return sum(number for _second, number in _still_recent(self.recent, now))


def pace_of(connection: Connection, *, lock: bool = False) -> Pace:
    """How things stand; locked by whoever will take a letter."""
    row = (_TO_CHANGE if lock else _TO_SEE).first(connection, {})
    if row is None:
        if lock:
            _make(connection)
            return pace_of(connection, lock=True)
        return Pace()
    recent = tuple((second, number) for second, number in json.loads(row.pop("recent")))
    return Pace(recent, **row)


def count_one(connection: Connection, pace: Pace, now: datetime) -> None:
    """One more letter leaves now; the row is locked."""
    second = int(now.timestamp())
    counted = dict(_still_recent(pace.recent, now))
    counted[second] = counted.get(second, 0) + 1
    recent = json.dumps(sorted(counted.items()), separators=(",", ":"))
    _write(connection, {"recent": recent})


def rest(connection: Connection, fault: str, now: datetime) -> None:
    """The server itself failed: nothing is tried for a while, longer each time in a row."""
    pace = pace_of(connection, lock=True)
    pause = PAUSES[min(pace.faults, len(PAUSES) - 1)]
    _write(
        connection,
        {
            "faults": pace.faults + 1,
            "fault": fault,
            "since": pace.since or now,
            "paused_until": now + pause,
        },
    )


def recover(connection: Connection) -> None:
    """The server takes letters again."""
    _write(connection, {"faults": 0, "fault": None, "since": None, "paused_until": None})


def _still_recent(recent: tuple[tuple[int, int], ...], now: datetime) -> list[tuple[int, int]]:
    """What left less than a minute ago; what a clock that went back dates in the future is gone."""
    present = now.timestamp()
    return [each for each in recent if abs(present - each[0]) < MINUTE_S]


def _make(connection: Connection) -> None:
    """Write the row, unless another process has just done so."""
    row = {"name": NAME, "recent": "[]", "faults": 0}
    first = insert_into(connection.dialect.name, _TABLE).values(row)
    connection.execute(first.on_conflict_do_nothing())


def _write(connection: Connection, values: dict[str, object]) -> None:
    _changing(tuple(sorted(values))).run(connection, values)


@lru_cache(maxsize=8)
def _changing(columns: tuple[str, ...]) -> Statement:
    changed = {name: bindparam(name) for name in columns}
    return Statement(update(_TABLE).where(_TABLE.c.name == NAME).values(changed))
