"""A post office over memory: what it is asked, what it answers, what it tells others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from notifications.delivery import PostOffice, deliver
from notifications.hooks import NoHooks, Row
from notifications.suspensions import (
    Suspension,
)
from notifications.transports import Answer, MemoryTransport, Parcel
from tests.builders.courriers import HOUSE, Hands
from workflow.calendar import next_opening
from workflow.database import Database


class Told(NoHooks):
    """Keeps what it is told; reminders leave in the hours of the métropole."""

    def __init__(self) -> None:
        self.lines: list[tuple[Any, ...]] = []
        self.fault: Exception | None = None

    def on_sent(self, _session: Session, row: Row, _now: datetime) -> None:
        if self.fault:
            raise self.fault
        self.lines.append(("envoyé", row["id"]))

    def on_failed(self, _session: Session, row: Row, why: str, _now: datetime) -> None:
        self.lines.append(("échec", row["id"], why))

    def on_suspended(self, _session: Session, _row: Row, why: Suspension, _now: datetime) -> None:
        self.lines.append(("suspendue", why.email, why.reason))

    def opening(self, _connection: Connection, _tenant_id: int, at: datetime) -> datetime:
        return next_opening(at)


class Desk:
    """A post office over memory, with what the tests look at."""

    def __init__(self, database: Database, **others: Any) -> None:
        self.database = database
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.told = Told()
        self.hands = Hands()
        self.transport = MemoryTransport(self._answer)
        self.office = PostOffice(self.transport, HOUSE, self.told, **others)

    def _answer(self, parcel: Parcel) -> Answer:
        self.asked.append(parcel.recipient)
        return self.answers.get(parcel.recipient, Answer("accepte", "250 2.0.0 OK"))

    def deliver(self) -> int:
        return deliver(self.database, self.office, self.hands)

    @property
    def received(self) -> list[str]:
        return [parcel.recipient for parcel in self.transport.parcels]
