"""The clock's heartbeat: when each of its ticks last ran, kept where every process can read it.

Written seldom: an idle clock must cost next to nothing. A fault, or its end, is written at once.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, select

from notifications.courrier_table import Battement
from workflow.conflicts import insert_into
from workflow.database import Database, table_of
from workflow.errors import DomainError

#: How long a beat is worth: the next one is written after that, or when something changes.
BEAT_EVERY = timedelta(minutes=5)
#: A tick that has not been seen for that long beyond its own interval is late.
LATE_AFTER = 3 * BEAT_EVERY
_LONGEST_FAULT = 300
_TABLE = table_of(Battement)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """One tick: the last time it began, the last time it ended well, what is wrong, and where."""

    name: str
    at: datetime
    ok_at: datetime | None
    fault: str | None
    process: str

    def is_late(self, every: timedelta, now: datetime) -> bool:
        """Whether it should have run since. What a clock that went back dates later is not."""
        return now - self.at > every + LATE_AFTER


class Heart:
    """Notes the ticks of this process; several processes note them on the same rows."""

    def __init__(self, database: Database, process: str | None = None) -> None:
        self._database = database
        self._process = process or f"{socket.gethostname()}/{os.getpid()}"[:120]
        self._noted: dict[str, tuple[datetime, str | None]] = {}

    def beat(self, name: str, at: datetime, fault: str | None = None) -> None:
        """A tick ran. Never raises for what the database does: the next beat will be noted."""
        fault = fault and fault[:_LONGEST_FAULT]
        if not self._is_worth_noting(name, at, fault):
            return
        try:
            self._write(name, at, fault)
        except DomainError as error:
            _log.warning("beat_not_noted", tick=name, why=str(error))
        else:
            self._noted[name] = at, fault

    def _is_worth_noting(self, name: str, at: datetime, fault: str | None) -> bool:
        if name not in self._noted:
            return True
        noted_at, noted_fault = self._noted[name]
        return fault != noted_fault or not noted_at <= at < noted_at + BEAT_EVERY

    def _write(self, name: str, at: datetime, fault: str | None) -> None:
        values = {"at": at, "fault": fault, "process": self._process}
        if fault is None:
            values["ok_at"] = at
        with self._database.unit_of_work() as session:
            connection = session.connection()
            noted = insert_into(connection.dialect.name, _TABLE).values(name=name, **values)
            connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_=values))


def beats(connection: Connection) -> dict[str, Beat]:
    """The last beat of each tick, by its name."""
    columns = (_TABLE.c.name, _TABLE.c.at, _TABLE.c.ok_at, _TABLE.c.fault, _TABLE.c.process)
    return {row.name: Beat(*row) for row in connection.execute(select(*columns))}
