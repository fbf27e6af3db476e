"""How far the work of a reprise is, told while it goes on; and whether it still goes on."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import Connection, case, literal, select, update
from sqlmodel import Session

from grants.reprise.tables import (
    ANNULATION,
    EN_COURS,
    FAITE,
    INTERROMPUE,
    Reprise,
)
from workflow.database import Database, table_of
from workflow.errors import DomainError

_R = table_of(Reprise)
_log = structlog.get_logger(__name__)
_EVERY_S = 1.0
# A machine that is not ours cannot be asked: what it left this long without a word is dead.
SILENCE = timedelta(minutes=10)
STOPPED = (
    "Le travail s'est arrêté avant la fin : le programme a été relancé. Rien n'a été enregistré."
)
#: This very process, told apart from one that had its number before.
WORKER = f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"


class Interrupted(Exception):
    """The reprise is no longer this work's: it was found dead, or given up."""


class Pulse:
    """Tells how far one piece of work is, and what became of it."""

    def __init__(self, database: Database, id: int, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._mine = (_R.c.id == id, _R.c.travailleur == WORKER, _R.c.etat.in_(EN_COURS))
        self._clock = clock
        self._told = monotonic()

    def beat(self, done: int, of: int) -> None:
        """Note how many lines are done, at most once a second. Raises Interrupted."""
        if monotonic() - self._told < _EVERY_S:
            return
        self._told = monotonic()
        written = {"fait": done, "total": of, "battement": self._clock()}
        try:
            with self._database.unit_of_work() as session:
                self.settle(session.connection(), written)
        except DomainError as error:  # the next beat will do
            _log.warning("reprise_beat", why=error.code)

    def hold(self, connection: Connection) -> None:
        """Make sure, in the transaction that writes, that the work is still wanted."""
        query = select(_R.c.id).where(*self._mine).with_for_update()
        if connection.execute(query).first() is None:
            raise Interrupted

    def settle(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Write on the reprise, in this transaction. Raises Interrupted."""
        if connection.execute(update(_R).where(*self._mine).values(**values)).rowcount != 1:
            raise Interrupted

    def end(self, values: Mapping[str, Any]) -> None:
        """Write what became of it; a database that refuses will find it dead later."""
        try:
            with self._database.unit_of_work() as session:
                self.settle(session.connection(), values)
        except (DomainError, Interrupted) as error:
            _log.warning("reprise_end", kind=type(error).__name__)


def is_dead(worker: str, beat: datetime | None, now: datetime) -> bool:
    """Whether work that is said to go on does not."""
    if worker == WORKER:
        return False
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    if host == WORKER.rpartition(":")[0].rpartition(":")[0] and rest.isdigit():
        return int(rest) == os.getpid() or not _is_running(int(rest))
    return beat is None or now - beat > SILENCE


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # asking there would end it: silence tells
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def release_dead(session: Session, now: datetime) -> int:
    """Say of work that ended without a word that it did; how many there were."""
    connection = session.connection()
    query = select(_R.c.id, _R.c.travailleur, _R.c.battement).where(_R.c.etat.in_(EN_COURS))
    dead = [
        row.id
        for row in connection.execute(query).all()
        if is_dead(row.travailleur, row.battement, now)
    ]
    if dead:
        became = case((_R.c.etat == ANNULATION, literal(FAITE)), else_=literal(INTERROMPUE))
        written = {"etat": became, "message": STOPPED}
        connection.execute(update(_R).where(_R.c.id.in_(dead)).values(written))
    return len(dead)


def sweep(database: Database, now: datetime) -> int:
    """Every minute: what a stopped server left behind is told."""
    with database.reading() as session:
        query = select(_R.c.travailleur, _R.c.battement).where(_R.c.etat.in_(EN_COURS))
        waiting = session.connection().execute(query).all()
    if not any(is_dead(row.travailleur, row.battement, now) for row in waiting):
        return 0
    with database.unit_of_work() as session:
        return release_dead(session, now)
