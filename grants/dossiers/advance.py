"""One move of one dossier: read and locked, checked, moved, recorded, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.dossiers import correction
from grants.dossiers.answers import Answers, read_answers
from grants.dossiers.columns import changed_columns
from grants.dossiers.letters import enclosed_letters, read_for_letters, told_outside
from grants.dossiers.lettres.reading import Around
from grants.dossiers.readiness import follow_readiness
from grants.dossiers.reading import (
    KIND,
    load_facts,
    parameters_of,
    read_subject,
    situation_of,
)
from grants.dossiers.staleness import is_replay, stale
from grants.dossiers.writing import constraints_told, store_move
from grants.organisation.identity import Identity, software
from notifications import outbox, webhooks
from workflow import echeances, journal
from workflow.engine import Engine, Move
from workflow.pipeline import Action, Reference
from workflow.statements import together
from workflow.subject import Subject

Raw = Mapping[str, "str | list[str] | None"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What somebody asks: an action on a dossier, the form as typed, and what he had on screen.

    `version`: the dossier's `lock_version` that was seen. `key`: the same for the same click.
    """

    dossier_id: int
    action: str
    answers: Raw
    reason: str | None = None
    version: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where the dossier stands afterwards, and the moves made: the one asked, then automatic ones.

    `replayed`: this very demand had already been carried out; nothing was done again.
    """

    dossier_id: int
    stage: str
    moves: tuple[Move, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class EffectContext:
    """What an effect works with: the move's own transaction, and the argument the file gives it.

    `taken_back`: the answers of the move that this one corrects.
    """

    session: Session
    engine: Engine
    identity: Identity
    subject: Subject
    move: Move
    argument: str | None = None
    taken_back: Mapping[str, Any] = field(default_factory=dict)


def advance(
    session: Session, engine: Engine, identity: Identity, demand: Demand, now: datetime
) -> Advanced:
    """Move a dossier as asked. Never commits.

    Raises NotFound, UnknownAction, Invalid (every faulty field), Refused (every reason),
    Stale (somebody else changed it meanwhile), ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, demand.dossier_id, lock=True)
    if _may_be_replay(subject, demand) and is_replay(
        connection, subject, demand.action, demand.key
    ):
        return Advanced(subject.id, subject.stage, replayed=True)
    if demand.version is not None and demand.version != subject.lock_version:
        raise stale(connection, engine, subject)
    action = engine.find(subject, demand.action)
    answers = read_answers(connection, engine, subject, action, demand.answers, demand.reason)
    move = _carry_out(session, engine, identity, subject, action, answers, now, demand.key)
    moves = (move, *settle(session, engine, subject, now))
    return Advanced(subject.id, subject.stage, moves)


def _may_be_replay(subject: Subject, demand: Demand) -> bool:
    """Whether the dossier is no longer as it was seen: only then can the key have served."""
    if demand.version is not None:
        return demand.version != subject.lock_version
    return True


def settle(session: Session, engine: Engine, subject: Subject, now: datetime) -> tuple[Move, ...]:
    """Take the automatic actions that have become possible, then note what is ready.

    Every service that changes a fact of a dossier ends with it, in the same transaction. Raises
    AutomaticLoop.
    """
    identity = software(subject.tenant_id)
    moves: list[Move] = []
    while action := _next_automatic(session, engine, subject, now):
        if len(moves) > len(engine.machine(subject).pipeline.stages):
            raise AutomaticLoop(f"{subject.pipeline}: {action.key}")
        moves.append(_carry_out(session, engine, identity, subject, action, Answers(), now, None))
    follow_readiness(session.connection(), engine, subject, now)
    return tuple(moves)


def _next_automatic(
    session: Session, engine: Engine, subject: Subject, now: datetime
) -> Action | None:
    waiting = [
        action.key
        for action in engine.machine(subject).leaving(subject.stage).values()
        if action.automatic
    ]
    if not waiting:
        return None
    facts = {fact for key in waiting for fact in engine.facts_needed(subject, key)}
    identity = software(subject.tenant_id)
    connection = session.connection()
    return engine.automatic(situation_of(connection, engine, subject, identity, now, facts))


class AutomaticLoop(RuntimeError):
    """Automatic actions that lead to each other without end: a fault of the pipeline file."""


def follow_dates(connection: Connection, engine: Engine, subject: Subject, now: datetime) -> bool:
    """A date of the dossier changed: its échéances move with it. True if any did."""
    return echeances.refresh(connection, subject, plan_stage(connection, engine, subject), now)


def follow_event(
    connection: Connection, engine: Engine, subject: Subject, event: str, now: datetime
) -> None:
    """A fact was recorded, or a move on the spot made, by that name: timed actions follow.

    A move to another stage needs none of it: that stage's own delays start.
    """
    pipeline = engine.machine(subject).pipeline
    echeances.signal(connection, subject, pipeline, event, now, subject.row["territoire"])


def _carry_out(
    session: Session,
    engine: Engine,
    identity: Identity,
    subject: Subject,
    action: Action,
    answers: Answers,
    now: datetime,
    key: str | None,
) -> Move:
    """The move itself, in sight and in order: engine, journal, row, effects, échéances, letters."""
    connection = session.connection()
    needed = engine.facts_needed(subject, action.key)
    situation = situation_of(connection, engine, subject, identity, now, needed)
    move = engine.apply(situation, action.key, answers.values, answers.reason)
    taken_back = correction.read(connection, engine, subject, move)
    told = Answers({**taken_back.values, **move.values}, move.reason, answers.labels)
    machine, types = engine.machine(subject), engine.vocabulary.field_types
    changes = changed_columns(subject.row, told.values, machine.fields, types)
    acts = bool(move.action.effects or taken_back.effects)
    around = read_for_letters(connection, engine, subject, move, situation.facts)
    with journal.conflicts_told(), constraints_told(), together(connection):
        _record(connection, engine, subject, move, told, key)
        store_move(connection, engine, subject, move, changes, taken_back.since)
        if not acts:
            _follow_move(connection, engine, subject, move, around, now)
    if acts:  # an effect reads what was written: it is not sent together with it
        work = EffectContext(session, engine, identity, subject, move, taken_back=taken_back.said)
        _run_effects(work, taken_back.effects)
        with together(connection):
            _follow_move(connection, engine, subject, move, around, now)
    return move


def _run_effects(work: EffectContext, taken_back: tuple[Reference, ...]) -> None:
    """What the move does besides moving, after undoing what the move that it corrects had done."""
    effects = work.engine.vocabulary.effects
    for reference in taken_back:
        undo = effects[reference.name].undo
        if undo is not None:
            undo(replace(work, argument=reference.argument))
    for reference in work.move.action.effects:
        effects[reference.name].run(replace(work, argument=reference.argument))


def _follow_move(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    move: Move,
    around: Around | None,
    now: datetime,
) -> None:
    """What follows from the move: the échéances of the stage, the letters."""
    _follow_stage(connection, engine, subject, move, now)
    occasion = outbox.Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    if move.corrects is not None:
        outbox.cancel_of_move(connection, occasion, move.corrects)
    outbox.enqueue(connection, occasion, enclosed_letters(engine, subject, move, around))
    webhooks.announce(connection, occasion, "mouvement", told_outside(subject, move))


def _follow_stage(
    connection: Connection, engine: Engine, subject: Subject, move: Move, now: datetime
) -> None:
    """The échéances of the stage that was entered, come back to, or not left at all."""
    planned = plan_stage(connection, engine, subject)
    if move.action.timer is not None:
        echeances.complete(connection, subject, echeances.ACTION, move.action.key, now)
    if move.corrects is not None:
        echeances.return_to_stage(connection, subject, planned, now)
    elif move.from_stage == move.to_stage:
        echeances.refresh(connection, subject, planned, now)
        follow_event(connection, engine, subject, move.action.key, now)
    else:
        echeances.start_stage(connection, subject, planned, now)


def _record(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    move: Move,
    answers: Answers,
    key: str | None,
) -> None:
    fields, types = engine.machine(subject).fields, engine.vocabulary.field_types

    def dumped(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: types[fields[name].type].dump(value) for name, value in values.items()}

    content: dict[str, Any] = {}
    if move.reason:
        content["motif"] = move.reason
    if answers.values:
        content["champs"] = dumped(answers.values)
        content["avant"] = dumped({name: subject.values.get(name) for name in answers.values})
    if answers.labels:
        content["libelles"] = answers.labels
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


def plan_stage(connection: Connection, engine: Engine, subject: Subject) -> list[echeances.Planned]:
    """What the rules of the dossier's stage make due."""
    pipeline = engine.machine(subject).pipeline
    facts = load_facts(connection, engine, subject, echeances.anchors_of(pipeline, subject.stage))
    return echeances.plan(
        pipeline,
        subject.stage,
        subject.stage_since,
        facts,
        subject.row["territoire"],
        parameters_of(engine, subject),
    )
