"""What the clock makes the software do: due actions and reminders, what nobody noticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from grants.comites.rappels import see_to, sittings_due
from grants.dossiers.advance import Demand, advance, settle
from grants.dossiers.causes import rule_at
from grants.dossiers.readiness import follow_readiness, readiness, stages_that_time_changes
from grants.dossiers.reading import read_subject
from grants.dossiers.taches.rappels import remind
from grants.organisation.identity import software
from grants.relances.dues import (
    BEGINNING,
    Due,
    Person,
    action_due,
    anything_due,
    ids_standing_in,
    reminders_due,
)
from grants.relances.preparing import Prepared, prepare
from workflow import echeances
from workflow.calendar import add_working_days, sending_moment
from workflow.database import Database
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import DatabaseGone, Invalid, Refused
from workflow.pipeline import ReminderRule

#: How many échéances are looked at together, how many times in one sweep; how many people are
#: seen to in one transaction.
MOST_AT_ONCE, BATCHES, FEW = 500, 4, 250
_SWEEPING = "balayage"
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Swept:
    """What one sweep did: timed actions taken, those whose guards do not pass yet, tâches made.

    `letters` were prepared of that many `reminders`; `put_off` wait for another day or for an
    opening, `dropped` were out of date.
    """

    taken: int = 0
    postponed: int = 0
    tasks: int = 0
    letters: int = 0
    reminders: int = 0
    put_off: int = 0
    dropped: int = 0

    def add(self, prepared: Prepared) -> None:
        """What became of the reminders of some people."""
        for part in ("tasks", "letters", "reminders", "put_off", "dropped"):
            setattr(self, part, getattr(self, part) + getattr(prepared, part))


@dataclass(slots=True)
class _Attempts:
    """Things done one by one, so that one that breaks does not hold the others back."""

    broken: list[Exception] = field(default_factory=list)

    @contextmanager
    def one(self, dossier_id: int) -> Iterator[None]:
        """One attempt, in a transaction of its own; a database that is gone ends them all."""
        try:
            yield
        except DatabaseGone:
            raise
        except Exception as fault:  # noqa: BLE001 — `tell` raises it, once the others were tried
            _log.warning("dossier_not_settled", dossier=dossier_id, kind=type(fault).__name__)
            self.broken.append(fault)

    def tell(self) -> None:
        """Raises every fault met, together."""
        if self.broken:
            raise ExceptionGroup("dossiers that could not be settled", self.broken)


def sweep(database: Database, engine: Engine, now: datetime) -> Swept:
    """Take the timed actions that are due, prepare the letters of reminders, make their tâches.

    An idle clock asks one question. On SQLite, letters are left to whoever is at them already.
    Raises ExceptionGroup at the end with what broke, which the next sweep tries again.
    """
    swept, attempts = Swept(), _Attempts()
    with database.glance() as connection:
        if not anything_due(connection, now):
            return swept
    with database.glance() as connection:
        acting = action_due(connection, now)
    found = _actions_due(database, now) if acting else []
    for due in found:
        with attempts.one(due["subject_id"]):
            _take(database, engine, due, now, swept)
    with database.alone(_SWEEPING) as mine:
        for batch in _batches(database, now) if mine else ():
            _see_to(database, engine, batch, now, swept, attempts)
    _see_to_sittings(database, engine, now, swept, attempts)
    attempts.tell()
    return swept


def _actions_due(database: Database, now: datetime) -> list[dict[str, Any]]:
    with database.unit_of_work() as session:
        return echeances.due(session.connection(), echeances.ACTION, now, MOST_AT_ONCE)


def _batches(database: Database, now: datetime) -> Iterator[list[Due]]:
    """What is due, some at a time: what breaks stays due, and does not come back before the next.

    No more than a clock may take before it looks at anything else.
    """
    place = BEGINNING
    for _ in range(BATCHES):
        with database.reading() as session:
            batch = reminders_due(session.connection(), now, place, MOST_AT_ONCE)
        if not batch:
            return
        yield batch
        place = (batch[-1].due_at, batch[-1].id)


def _see_to(
    database: Database,
    engine: Engine,
    batch: list[Due],
    now: datetime,
    swept: Swept,
    attempts: _Attempts,
) -> None:
    """The tâches one by one, then the letters, some people at a time."""
    people: dict[Person, int] = {}
    rules: dict[tuple[str, int, str, str], ReminderRule | None] = {}
    for due in batch:
        place = (due.pipeline, due.pipeline_version, due.stage, due.rule)
        if place not in rules:
            rules[place] = rule_at(engine, *place)
        rule = rules[place]
        if rule is None or rule.task is None:
            people.setdefault(due.person, due.dossier_id)
            continue
        with attempts.one(due.dossier_id):
            swept.tasks += _remind(database, engine, due, rule, now)
    for some in _few(list(people)):
        try:
            with database.unit_of_work() as session:
                done = prepare(session, engine, some, now)
        except DatabaseGone:
            raise
        except Exception:  # noqa: BLE001 — told by each alone, so that one holds no other back
            for each in some:
                with attempts.one(people[each]), database.unit_of_work() as session:
                    swept.add(prepare(session, engine, [each], now))
            continue
        swept.add(done)
        attempts.broken += [fault for _dossier, fault in done.broken]


def _see_to_sittings(
    database: Database, engine: Engine, now: datetime, swept: Swept, attempts: _Attempts
) -> None:
    """The reminders of séances, one by one: each writes to all the members it is for."""
    with database.reading() as session:
        found = sittings_due(session.connection(), now, MOST_AT_ONCE)
    for due in found:
        with attempts.one(due.seance_id):
            with database.unit_of_work() as session:
                seen = see_to(session, engine, due, now)
            swept.letters += seen.letters
            swept.reminders += bool(seen.letters)
            swept.tasks += seen.tasks
            swept.put_off += seen.put_off
            swept.dropped += seen.dropped


def _few(people: list[Person]) -> Iterator[list[Person]]:
    return (people[start : start + FEW] for start in range(0, len(people), FEW))


def settle_all(database: Database, engine: Engine, now: datetime) -> int:
    """Every night: take the automatic actions that became possible without anyone noticing.

    Raises ExceptionGroup at the end with what broke.
    """
    taken, attempts = 0, _Attempts()
    for organisme_id, dossier_id in _standing_before_automatic_actions(database, engine):
        with attempts.one(dossier_id), database.unit_of_work() as session:
            connection = session.connection()
            subject = read_subject(connection, engine, organisme_id, dossier_id, lock=True)
            moves = settle(session, engine, subject, now)
            taken += len(moves)
    attempts.tell()
    return taken


def follow_time(
    database: Database, engine: Engine, now: datetime, *, everywhere: bool = False
) -> int:
    """Note the dossiers that a séance held, opened or closed made ready, or not any more.

    `everywhere`, once a night: also what a rule that the direction changed, an address that was
    corrected or a pièce of the structure did to dossiers that nobody touched.

    Raises ExceptionGroup at the end with what broke.
    """
    noted, attempts = 0, _Attempts()
    stages = stages_that_time_changes(engine, everywhere=everywhere)
    for organisme_id, dossier_id in ids_standing_in(database, stages):
        changed = False
        with attempts.one(dossier_id), database.reading() as session:
            connection = session.connection()
            seen = read_subject(connection, engine, organisme_id, dossier_id, lock=False)
            changed = readiness(connection, engine, seen, now) != seen.row["pret_pour"]
        if not changed:
            continue
        with attempts.one(dossier_id), database.unit_of_work() as session:
            connection = session.connection()
            subject = read_subject(connection, engine, organisme_id, dossier_id, lock=True)
            noted += follow_readiness(connection, engine, subject, now)
    attempts.tell()
    return noted


def _take(
    database: Database, engine: Engine, due: Mapping[str, Any], now: datetime, swept: Swept
) -> None:
    identity = software(due["tenant_id"])
    demand = Demand(due["subject_id"], due["rule"], {})
    try:
        with database.unit_of_work() as session:
            connection = session.connection()
            # The dossier first, like whoever moves it: two that wait for each other never end.
            read_subject(connection, engine, due["tenant_id"], due["subject_id"], lock=True)
            if not echeances.is_due(connection, due["id"], now):
                return
            advance(session, engine, identity, demand, now)
    except (Refused, Invalid):
        swept.postponed += _try_again(database, engine, due, now)
    else:
        swept.taken += 1


def _remind(
    database: Database, engine: Engine, due: Due, rule: ReminderRule, now: datetime
) -> bool:
    """One reminder's tâche, unless somebody dealt with it meanwhile, or its next one is due too."""
    with database.unit_of_work() as session:
        connection = session.connection()
        subject = read_subject(connection, engine, due.organisme_id, due.dossier_id, lock=True)
        echeance = echeances.still_due(connection, due.id, now)
        if echeance is None:
            return False
        if echeances.is_superseded(connection, echeance, now):
            echeances.settle(connection, due.id, echeances.ANNULEE, now)
            return False
        return remind(session, engine, subject, rule, echeance, now)


def _try_again(database: Database, engine: Engine, due: Mapping[str, Any], now: datetime) -> bool:
    """On the next working day, unless somebody dealt with it meanwhile."""
    with database.unit_of_work() as session:
        connection, organisme_id = session.connection(), due["tenant_id"]
        subject = read_subject(connection, engine, organisme_id, due["subject_id"], lock=True)
        if not echeances.is_due(connection, due["id"], now):
            return False
        territoire = subject.row["territoire"]
        day = add_working_days(to_paris(now).date(), 1, territoire)
        later = sending_moment(day, territoire=territoire)
        echeances.postpone(connection, due["id"], later, due["anchored_on"])
        return True


def _standing_before_automatic_actions(database: Database, engine: Engine) -> list[tuple[int, int]]:
    stages = [
        (loaded.pipeline.key, loaded.pipeline.version, origin)
        for loaded in engine.catalogue.every()
        for action in loaded.pipeline.actions
        if action.automatic
        for origin in loaded.pipeline.origins(action)
    ]
    return ids_standing_in(database, dict.fromkeys(stages))
