"""Rows with a journal chain of their own: created, read to be changed, changed, always recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from grants.organisation.identity import Acting
from workflow import journal
from workflow.columns import GENESIS
from workflow.database import LARGEST_ID
from workflow.dates import format_datetime, plain
from workflow.errors import DatabaseBusy, KeyReused, NotFound, Stale
from workflow.journal_closed import spared_id
from workflow.journal_reading import last_change


@dataclass(slots=True)
class _Chain:
    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What is recorded: the event, when, and what it says beside the values before and after."""

    event: str
    at: datetime
    content: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """One table of journaled rows. `events` gives each event the words that people read.

    A row's `seq` is its version: a form that was drawn from an older one is out of date.
    """

    kind: str
    table: Table
    events: Mapping[str, str]

    def find(self, connection: Connection, organisme_id: int, id: int) -> dict[str, Any] | None:
        """One row of an organisme."""
        if not 0 < id <= LARGEST_ID:
            return None
        query = select(*self.table.c).where(*self._limits(organisme_id, id))
        row = connection.execute(query).mappings().first()
        return None if row is None else dict(row)

    def read(self, connection: Connection, organisme_id: int, id: int) -> dict[str, Any]:
        """One row of an organisme. Raises NotFound, also for another organisme's."""
        row = self.find(connection, organisme_id, id)
        if row is None:
            raise NotFound
        return row

    def lock(
        self, connection: Connection, organisme_id: int, id: int, version: int | None = None
    ) -> dict[str, Any]:
        """The row that this transaction will change. Raises NotFound; Stale for an old version."""
        if not 0 < id <= LARGEST_ID:
            raise NotFound
        query = select(*self.table.c).where(*self._limits(organisme_id, id)).with_for_update()
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound
        if version is not None and version != row["seq"]:
            raise self._stale(connection, id)
        return dict(row)

    def created_by(
        self, connection: Connection, organisme_id: int, event: str, key: str | None
    ) -> int | None:
        """The row that this very form already created. Raises KeyReused if it did another thing."""
        found = journal.find_by_key(connection, organisme_id, key) if key else None
        if found is None:
            return None
        if (found["subject_kind"], found["event"]) != (self.kind, event):
            raise KeyReused
        return found["subject_id"]

    def create(
        self, connection: Connection, identity: Acting, values: Mapping[str, Any], fact: Fact
    ) -> int:
        """Insert a row of the identity's organisme, with the first entry of its chain."""
        spared = spared_id(connection, self.kind, self.table)
        row = {**values, **spared, "organisme_id": identity.organisme_id, "seq": 0, "head": GENESIS}
        query = insert(self.table).values(row).returning(self.table.c.id)
        id = connection.execute(query).scalar_one()
        given = {key: (None, value) for key, value in values.items() if value not in (None, "")}
        self._record(connection, identity, {**row, "id": id}, {}, fact, _champs(given))
        return id

    def change(
        self,
        connection: Connection,
        identity: Acting,
        row: Mapping[str, Any],
        values: Mapping[str, Any],
        fact: Fact,
    ) -> dict[str, Any]:
        """Write what differs on a locked row, with both values in the journal, and say it."""
        changes = {key: value for key, value in values.items() if value != row[key]}
        if changes:
            champs = _champs({key: (row[key], value) for key, value in changes.items()})
            self._record(connection, identity, row, changes, fact, champs)
        return changes

    def note(
        self,
        connection: Connection,
        identity: Acting,
        row: Mapping[str, Any],
        fact: Fact,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Record a fact about a locked row in its own words; `values` are written with it."""
        self._record(connection, identity, row, values or {}, fact, {})

    def label(self, event: str) -> str:
        """What an event is called on screen."""
        return self.events.get(event, event)

    def _limits(self, organisme_id: int, id: int) -> tuple[Any, ...]:
        # An organisme is its own tenant: its table has no other column to be limited by.
        tenant = self.table.c.get("organisme_id", self.table.c.id)
        return self.table.c.id == id, tenant == organisme_id

    def _record(
        self,
        connection: Connection,
        identity: Acting,
        row: Mapping[str, Any],
        changes: Mapping[str, Any],
        fact: Fact,
        content: Mapping[str, Any],
    ) -> None:
        chain = _Chain(row["seq"], row["head"])
        entry = journal.Entry(
            kind="fait",
            event=fact.event,
            actor=identity.actor,
            role=identity.role,
            at=fact.at,
            content={**content, **fact.content},
            idempotency_key=fact.key,
        )
        journal.append(
            connection,
            chain,
            tenant_id=identity.organisme_id,
            kind=self.kind,
            id=row["id"],
            entry=entry,
        )
        written = update(self.table).where(
            self.table.c.id == row["id"], self.table.c.seq == row["seq"]
        )
        result = connection.execute(written.values(**changes, seq=chain.seq, head=chain.head))
        if result.rowcount != 1:
            # The row was read locked in this very transaction: only a fault of locking leads here.
            raise DatabaseBusy

    def _stale(self, connection: Connection, id: int) -> Stale:
        last = last_change(connection, self.kind, id)
        if last is None:
            return Stale("quelqu'un", None, "à l'instant", "changement inconnu")
        return Stale(last.actor_name, last.at, format_datetime(last.at), self.label(last.event))


def _champs(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Before and after, by column; neither the keys that names are sorted by, nor files."""
    told = {
        key: (before, after)
        for key, (before, after) in values.items()
        if not key.endswith("_cle") and not isinstance(before or after, bytes)
    }
    return {
        "champs": {
            key: {"avant": plain(before), "apres": plain(after)}
            for key, (before, after) in told.items()
        }
    }
