"""The bookbinder's table, and what a floor above the engine does with it: the least there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
    select,
    update,
)

from tests.builders.databases import build_schema
from tests.builders.toys import BINDER, FACTS, KIND, NOON, TENANT
from workflow import echeances, journal
from workflow.columns import GENESIS
from workflow.database import BigId, Cents, UtcDateTime
from workflow.engine import Engine, Move
from workflow.guards import Situation
from workflow.journal_reading import instant_of
from workflow.pipeline import Pipeline
from workflow.subject import Actor, Step, Subject, entry_seq, read_trail, write_trail

TOYS = MetaData()
LIVRE = Table(
    "livre",
    TOYS,
    Column("id", BigId, primary_key=True),
    Column("tenant_id", BigId, nullable=False),
    Column("pipeline", String(40), nullable=False),
    Column("pipeline_version", Integer, nullable=False),
    Column("stage", String(40), nullable=False),
    Column("stage_since", UtcDateTime, nullable=False),
    Column("trail", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("lock_version", Integer, nullable=False),
    Column("promis_pour", Date),
    Column("prix", Cents),
)
OWNERS = {KIND: LIVRE}


def build_toy_schema(url: str) -> None:
    """The installation's schema, with the workshop's table beside."""
    build_schema(url)
    engine = create_engine(url)
    TOYS.create_all(engine)
    engine.dispose()


@dataclass
class Workshop:
    """What a floor above the engine does, in its smallest form: read, move, record, plan."""

    engine: Engine
    connection: Connection
    facts: dict[str, Any] = field(default_factory=lambda: dict(FACTS))

    def receive(self, pipeline: str = "reliure", at: datetime = NOON, **columns: Any) -> Subject:
        """A new book, with its first journal entry and its first échéances."""
        loaded = self.engine.catalogue.latest(pipeline)
        assert loaded is not None
        row = {
            "tenant_id": TENANT,
            "pipeline": loaded.pipeline.key,
            "pipeline_version": loaded.pipeline.version,
            "stage": loaded.pipeline.initial,
            "stage_since": at,
            "trail": write_trail((Step(1, loaded.pipeline.initial),)),
            "seq": 0,
            "head": GENESIS,
            "lock_version": 1,
            **columns,
        }
        id = self.connection.execute(insert(LIVRE).values(row).returning(LIVRE.c.id)).scalar_one()
        subject = self.read(id)
        self._append(
            subject, "ouverture", "ouverture", BINDER, at, to_stage=subject.stage, first_entry=True
        )
        self._store(subject, {})
        echeances.start_stage(self.connection, subject, self.plan(subject), at)
        return subject

    def read(self, id: int) -> Subject:
        """The book as the engine sees it."""
        query = select(*LIVRE.c).where(LIVRE.c.id == id)
        return _subject(dict(self.connection.execute(query).mappings().one()))

    def move(
        self,
        subject: Subject,
        key: str,
        actor: Actor = BINDER,
        at: datetime = NOON,
        values: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> Move:
        """One move, recorded; échéances follow. Raises what the engine raises."""
        given = Situation(
            subject, self._pipeline(subject), actor, at, {"sechage": 3}, {**self.facts}
        )
        move = self.engine.apply(given, key, values or {}, reason)
        self._append(
            subject,
            "mouvement",
            key,
            actor,
            at,
            role=move.role,
            from_stage=move.from_stage,
            to_stage=move.to_stage,
            first_entry=move.first_entry,
            corrects=move.corrects,
            content=dict(move.values),
        )
        subject.trail = move.trail
        changes: dict[str, Any] = {"stage": move.to_stage, "trail": write_trail(move.trail)}
        if move.to_stage != move.from_stage:
            since = self._entered(subject, move) if move.action.corrects else at
            subject.stage_since = changes["stage_since"] = since
        self._store(subject, changes)
        self._follow(subject, move, at)
        return move

    def note(self, subject: Subject, event: str, at: datetime = NOON) -> None:
        """A fact that is not a move."""
        self._append(subject, "fait", event, BINDER, at, content={"texte": "é"})
        self._store(subject, {})

    def promise(self, subject: Subject, day: date | None, at: datetime = NOON) -> bool:
        """The date that the échéances of `reliure` hang on, changed."""
        self._store(subject, {"promis_pour": day})
        subject.row = {**subject.row, "promis_pour": day}
        return echeances.refresh(self.connection, subject, self.plan(subject), at)

    def signal(self, subject: Subject, event: str, at: datetime) -> None:
        """A named event happened."""
        echeances.signal(self.connection, subject, self._pipeline(subject), event, at)

    def plan(self, subject: Subject) -> list[echeances.Planned]:
        """What the rules of the stage make due."""
        facts = {"promis_pour": subject.row.get("promis_pour")}
        pipeline = self._pipeline(subject)
        return echeances.plan(pipeline, subject.stage, subject.stage_since, facts)

    def _pipeline(self, subject: Subject) -> Pipeline:
        return self.engine.machine(subject).pipeline

    def _entered(self, subject: Subject, move: Move) -> datetime:
        """When the stage that a correction goes back to was entered."""
        at = instant_of(self.connection, KIND, subject.id, entry_seq(move.trail))
        assert at is not None
        return at

    def _follow(self, subject: Subject, move: Move, at: datetime) -> None:
        if move.action.timer is not None:
            kind = echeances.ACTION
            echeances.complete(self.connection, subject, kind, move.action.key, at)
        planned = self.plan(subject)
        if move.corrects is not None:
            echeances.return_to_stage(self.connection, subject, planned, at)
        elif move.from_stage == move.to_stage:
            echeances.refresh(self.connection, subject, planned, at)
        else:
            echeances.start_stage(self.connection, subject, planned, at)

    def _append(
        self,
        subject: Subject,
        kind: Any,
        event: str,
        actor: Actor,
        at: datetime,
        **more: Any,
    ) -> None:
        entry = journal.Entry(kind, event, actor, at, pipeline=subject.pipeline, **more)
        id = subject.id
        journal.append(self.connection, subject, tenant_id=TENANT, kind=KIND, id=id, entry=entry)

    def _store(self, subject: Subject, changes: Mapping[str, Any]) -> None:
        chain = {"seq": subject.seq, "head": subject.head}
        subject.lock_version += 1
        values = {**changes, **chain, "lock_version": subject.lock_version}
        self.connection.execute(update(LIVRE).where(LIVRE.c.id == subject.id).values(values))


_SUBJECT_COLUMNS = (
    *("id", "tenant_id", "pipeline", "pipeline_version", "stage", "stage_since"),
    *("seq", "head", "lock_version"),
)


def _subject(row: Mapping[str, Any]) -> Subject:
    columns = {name: row[name] for name in _SUBJECT_COLUMNS}
    return Subject(kind=KIND, trail=read_trail(row["trail"]), row=row, **columns)
