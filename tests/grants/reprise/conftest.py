"""A desk where files are taken over: sent, checked, written, taken back, by the services."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from api.schema import JOURNAL_OWNERS
from grants.organisation.identity import Identity
from grants.reprise import running
from grants.reprise.faults import Fault, unpack
from grants.reprise.queries import read_reprise
from grants.reprise.service import Sent, launch_check, launch_undo, launch_write, receive
from tests.builders.offices import NOW, Office
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.journal_check import Verification, verify


@dataclass
class Desk:
    """The direction of one organisme, with its files."""

    database: Database
    engine: Engine
    office: Office
    now: datetime = NOW
    sent: list[int] = field(default_factory=list)

    @property
    def identity(self) -> Identity:
        """Who sends."""
        return self.office.identity()

    def job(self, id: int) -> running.Job:
        """The work on a file."""
        return running.Job(self.database, self.engine, self.identity, id, lambda: self.now)

    def send(self, subject: str, content: bytes, name: str = "suivi.xlsx") -> int:
        """Send a file; its columns are guessed."""
        with self.database.unit_of_work() as session:
            sent = Sent(subject, name, content)
            self.sent.append(receive(session, self.engine, self.identity, sent, self.now))
        return self.sent[-1]

    def row(self, id: int) -> dict[str, Any]:
        """The reprise as it is kept."""
        with self.database.reading() as session:
            return read_reprise(session.connection(), self.office.id, id)

    def told(self, id: int) -> dict[str, Any]:
        """What was counted."""
        return json.loads(self.row(id)["bilan"])

    def faults(self, id: int) -> list[Fault]:
        """What is wrong, cell by cell."""
        return unpack(self.row(id)["anomalies"])

    def check(self, subject: str, content: bytes, **columns: str) -> int:
        """Send a file and check it, its columns as guessed, or as given by their index."""
        id = self.send(subject, content)
        guessed = running.reading_of(self.row(id)["lecture"]).chosen
        raw = {f"colonne-{index}": key for index, key in guessed.items()}
        with self.database.unit_of_work() as session:
            launch_check(session, self.engine, self.identity, id, {**raw, **columns}, self.now)
        running.check(self.job(id))
        return id

    def write(self, id: int) -> dict[str, Any]:
        """Take a checked file over."""
        with self.database.unit_of_work() as session:
            launch_write(session, self.identity, id, self.now)
        running.write(self.job(id))
        return self.row(id)

    def take_over(self, subject: str, content: bytes) -> int:
        """Send, check and take over, all being well."""
        id = self.check(subject, content)
        assert self.faults(id) == []
        row = self.write(id)
        assert (row["etat"], row["message"]) == ("faite", "")
        return id

    def undo(self, id: int) -> dict[str, Any]:
        """Take a reprise back."""
        with self.database.unit_of_work() as session:
            launch_undo(session, self.identity, id, self.now)
        running.undo(self.job(id))
        return self.row(id)

    def rows(self, model: type[SQLModel]) -> list[dict[str, Any]]:
        """Every row of a table, in order."""
        table = table_of(model)
        with self.database.reading() as session:
            found = session.connection().execute(select(table).order_by(*table.primary_key))
            return [dict(row) for row in found.mappings()]

    def count(self, model: type[SQLModel]) -> int:
        """How many rows a table has."""
        with self.database.reading() as session:
            query = select(func.count()).select_from(table_of(model))
            return session.connection().execute(query).scalar_one()

    def verify(self) -> Verification:
        """The journal, read whole."""
        with self.database.reading() as session:
            return verify(session.connection(), JOURNAL_OWNERS)


@pytest.fixture
def desk(database: Database, engine: Engine, office: Office) -> Desk:
    """The desk of the office."""
    return Desk(database, engine, office)


@pytest.fixture
def other_desk(database: Database, engine: Engine, other_office: Office) -> Desk:
    """That of the other organisme."""
    return Desk(database, engine, other_office)
