"""What others do when something becomes of a letter, in the same transaction. They never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlmodel import Session

from notifications.suspensions import Suspension

Row = Mapping[str, Any]


class Hooks(Protocol):
    """Handed in by the composition root; each is called before the letter's own row is written."""

    def on_sent(self, session: Session, row: Row, now: datetime, /) -> None:
        """The letter has left."""
        ...

    def on_failed(self, session: Session, row: Row, why: str, now: datetime, /) -> None:
        """The letter will not leave, or came back: somebody must see to it."""
        ...

    def on_missing(self, session: Session, row: Row, what: str, now: datetime, /) -> None:
        """The letter cannot be written: a value is missing, or its text is faulty."""
        ...

    def on_suspended(self, session: Session, row: Row, why: Suspension, now: datetime, /) -> None:
        """The address of this letter is written to no more."""
        ...

    def opening(self, connection: Connection, tenant_id: int, at: datetime, /) -> datetime:
        """The first moment from `at` on when the reminders of an organisme may leave."""
        ...


class NoHooks:
    """Nobody looks at what becomes of letters."""

    def on_sent(self, _session: Session, _row: Row, _now: datetime, /) -> None:
        """Nothing."""

    def on_failed(self, _session: Session, _row: Row, _why: str, _now: datetime, /) -> None:
        """Nothing."""

    def on_missing(self, _session: Session, _row: Row, _what: str, _now: datetime, /) -> None:
        """Nothing."""

    def on_suspended(
        self, _session: Session, _row: Row, _why: Suspension, _now: datetime, /
    ) -> None:
        """Nothing."""

    def opening(self, _connection: Connection, _tenant_id: int, at: datetime, /) -> datetime:
        """At any time."""
        return at
