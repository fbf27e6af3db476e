"""One move of one séance: read and locked, checked, moved, recorded, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update
from sqlmodel import Session

from grants.comites.courriers import letters_of_move
from grants.comites.reading import KIND, read_sitting, situation_of
from grants.comites.tables import Seance
from grants.dossiers.answers import Answers, read_answers
from grants.dossiers.reading import parameters_of
from grants.organisation.identity import Acting
from notifications import outbox, webhooks
from notifications.outbox import Occasion
from workflow import echeances, journal
from workflow.database import table_of
from workflow.dates import format_datetime
from workflow.engine import Engine, Move
from workflow.errors import DatabaseBusy, KeyReused, Stale
from workflow.journal_reading import last_change
from workflow.subject import Subject, write_trail

_S = table_of(Seance)


@dataclass(frozen=True, slots=True)
class SeanceDemand:
    """What somebody asks of a séance. `version`: the `lock_version` that was on screen."""

    seance_id: int
    action: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    version: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SeanceMove:
    """What an effect of a séance's move works with, in the move's own transaction."""

    session: Session
    engine: Engine
    acting: Acting
    subject: Subject
    move: Move


def advance_seance(
    session: Session, engine: Engine, acting: Acting, demand: SeanceDemand, now: datetime
) -> Subject:
    """Move a séance as asked; how it stands afterwards. Never commits.

    Raises NotFound, UnknownAction, Invalid, Refused with every reason, Stale.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, demand.seance_id, lock=True)
    if _is_replay(connection, subject, demand):
        return subject
    if demand.version is not None and demand.version != subject.lock_version:
        raise stale(connection, engine, subject)
    action = engine.find(subject, demand.action)
    answers = read_answers(connection, engine, subject, action, dict(demand.answers), demand.reason)
    facts = engine.facts_needed(subject, action.key)
    situation = situation_of(connection, engine, subject, acting, now, facts)
    move = engine.apply(situation, action.key, answers.values, answers.reason)
    with journal.conflicts_told():
        _record(connection, engine, subject, move, answers, demand.key)
        _store(connection, subject, move)
    work = SeanceMove(session, engine, acting, subject, move)
    for reference in action.effects:
        engine.vocabulary.effects[reference.name].run(work)
    plan_sitting(connection, engine, subject, move, now)
    occasion = Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    outbox.enqueue(connection, occasion, letters_of_move(connection, engine, subject, move))
    webhooks.announce(connection, occasion, "mouvement", _told_outside(subject, move))
    return subject


def plan_sitting(
    connection: Connection, engine: Engine, subject: Subject, move: Move | None, now: datetime
) -> None:
    """The échéances of the stage that was entered, or that a change of date moves."""
    pipeline = engine.machine(subject).pipeline
    providers = engine.vocabulary.facts
    anchors = echeances.anchors_of(pipeline, subject.stage)
    facts = {name: providers[name].provider(connection, subject) for name in anchors}
    territoire = subject.row["territoire"]
    own = parameters_of(engine, subject)
    planned = echeances.plan(pipeline, subject.stage, subject.stage_since, facts, territoire, own)
    if move is not None and move.from_stage != move.to_stage:
        echeances.start_stage(connection, subject, planned, now)
    else:
        echeances.refresh(connection, subject, planned, now)


def stale(connection: Connection, engine: Engine, subject: Subject) -> Stale:
    """The error that tells who changed the séance meanwhile, when, and what he did."""
    last = last_change(connection, KIND, subject.id)
    if last is None:
        return Stale("quelqu'un", None, "à l'instant", "changement inconnu")
    action = engine.machine(subject).pipeline.action(last.event)
    events = engine.vocabulary.events
    what = (action.done or action.label) if action else events.get(last.event, last.event)
    return Stale(last.actor_name, last.at, format_datetime(last.at), what)


def _is_replay(connection: Connection, subject: Subject, demand: SeanceDemand) -> bool:
    if demand.key is None:
        return False
    found = journal.find_by_key(connection, subject.tenant_id, demand.key)
    if found is None:
        return False
    place = (found["subject_kind"], found["subject_id"], found["event"])
    if place != (KIND, subject.id, demand.action):
        raise KeyReused
    return True


def _record(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    move: Move,
    answers: Answers,
    key: str | None,
) -> None:
    fields, types = engine.machine(subject).fields, engine.vocabulary.field_types
    content: dict[str, Any] = {"motif": move.reason} if move.reason else {}
    if answers.values:
        content["champs"] = {
            name: types[fields[name].type].dump(value) for name, value in answers.values.items()
        }
    entry = journal.Entry(
        kind="mouvement",
        event=move.action.key,
        actor=move.actor,
        role=move.role,
        at=move.at,
        pipeline=subject.pipeline,
        pipeline_version=subject.pipeline_version,
        from_stage=move.from_stage,
        to_stage=move.to_stage,
        first_entry=move.first_entry,
        corrects=move.corrects,
        content=content,
        idempotency_key=key,
    )
    journal.append(
        connection, subject, tenant_id=subject.tenant_id, kind=KIND, id=subject.id, entry=entry
    )


def _store(connection: Connection, subject: Subject, move: Move) -> None:
    """Write the move on the row: stage, trail, chain, version, and the dates it gives."""
    subject.trail = move.trail
    if move.from_stage != move.to_stage:
        subject.stage_since = move.at
    changes = {key: move.values[key] for key in subject.values if key in move.values}
    written = update(_S).where(_S.c.id == subject.id, _S.c.lock_version == subject.lock_version)
    result = connection.execute(
        written.values(
            stage=move.to_stage,
            stage_since=subject.stage_since,
            trail=write_trail(move.trail),
            seq=subject.seq,
            head=subject.head,
            lock_version=subject.lock_version + 1,
            **changes,
        )
    )
    if result.rowcount != 1:
        raise DatabaseBusy  # the row was read locked: only a fault of locking leads here
    subject.lock_version += 1
    subject.row = {**subject.row, **changes, "stage": move.to_stage}
    subject.values = {**subject.values, **changes}


def _told_outside(subject: Subject, move: Move) -> dict[str, Any]:
    return {
        "seance": {"id": subject.id},
        "action": move.action.key,
        "de": move.from_stage,
        "vers": move.to_stage,
        "numero": subject.seq,
    }
