"""The hand-written move on each bare driver: one connection per client, the house's settings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.peers.by_hand import ByHand
from workflow.database import sqlite_module


class ByHandOnSqlite(ByHand):
    """One connection per thread, one writer at a time."""

    def __init__(self, url: str) -> None:
        self._path = make_url(url).database or ""
        self._local = threading.local()
        self._writer = threading.RLock()
        self._opened: list[Any] = []

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """BEGIN IMMEDIATE to COMMIT, behind the writers' lock."""
        with self._writer:
            connection = self._connection()
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """For what only reads: nobody is waited for."""
        yield self._connection().cursor()

    def _connection(self) -> Any:
        if not hasattr(self._local, "connection"):
            opened = sqlite_module().connect(
                self._path, isolation_level=None, check_same_thread=False
            )
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "busy_timeout=30000",
                "foreign_keys=ON",
                "recursive_triggers=ON",
                "cache_size=-8000",
            ):
                opened.execute(f"PRAGMA {pragma}")
            self._local.connection = opened
            self._opened.append(opened)
        return self._local.connection

    def instant(self, moment: datetime) -> str:
        """An instant as text, without its zone."""
        return moment.replace(tzinfo=None).isoformat(" ", "microseconds")

    def read_instant(self, kept: str) -> datetime:
        """Text back to an instant."""
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)

    def day(self, kept: str | None) -> str | None:
        """Days are text already."""
        return kept

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._opened:
            connection.close()


class ByHandOnPostgresql(ByHand):
    """One connection per thread; the row locked by its SELECT."""

    lock = " FOR UPDATE OF d"

    def __init__(self, url: str) -> None:
        self._url = url.replace("+psycopg", "")
        self._local = threading.local()
        self._opened: list[psycopg.Connection] = []

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """From the first statement to the commit."""
        connection = self._connection()
        cursor = connection.cursor()
        try:
            yield cursor
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    reading = transaction

    def _connection(self) -> psycopg.Connection:
        if not hasattr(self._local, "connection"):
            options = "-c timezone=utc -c lock_timeout=30s"
            opened = psycopg.connect(self._url, options=options)
            self._local.connection = opened
            self._opened.append(opened)
        return self._local.connection

    def sql(self, text: str) -> str:
        """A statement with psycopg's marks."""
        return _with_percents(text)

    def instant(self, moment: datetime) -> datetime:
        """The driver takes instants as they are."""
        return moment

    def read_instant(self, kept: datetime) -> datetime:
        """The driver gives instants."""
        return kept

    def day(self, kept: date | None) -> str | None:
        """A day as JSON keeps it."""
        return None if kept is None else kept.isoformat()

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._opened:
            connection.close()


@cache
def _with_percents(text: str) -> str:
    return text.replace("?", "%s")
