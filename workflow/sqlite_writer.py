"""The one connection that writes on SQLite, each thread in turn.

Waiting on a lock is fair and quick, SQLite's own handler is neither. And a connection that is
alone to change the file need not read again what it holds of it in memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from workflow.errors import DatabaseBusy


class SqliteWriter:
    """The connection that writes, kept from one turn to the next.

    `look` is called when a turn comes, before anything is opened: it may raise, or `close`.
    """

    def __init__(self, engine: Engine, patience_s: float, look: Callable[[], None]) -> None:
        self._engine = engine
        self._patience_s = patience_s
        self._look = look
        self._lock = threading.RLock()
        self._kept: Connection | None = None

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """Wait for this thread's turn, as long as SQLite itself would. Raises DatabaseBusy."""
        if not self._lock.acquire(timeout=self._patience_s):
            raise DatabaseBusy
        try:
            self._look()
            connection, self._kept = self._kept or self._engine.connect(), None
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._kept = connection
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection that is kept; the next turn opens another one."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.invalidate()
            kept.close()
