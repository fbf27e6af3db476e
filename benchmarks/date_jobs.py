"""APScheduler with one date job per reminder, in its own store: the same work, job by job."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.peers.sweep_by_hand import Sweep, SweepOnPostgresql, SweepOnSqlite
from benchmarks.places import is_sqlite
from grants.relances.dues import BEGINNING, reminders_due
from workflow.database import Database

_PATIENCE_S = 120
_PEERS: dict[str, Sweep] = {}


def date_jobs(url: str, now: datetime, threads: int) -> float:
    """How many reminders per second, from the moment when all of them are due."""
    database = Database(url)
    _PEERS.setdefault(url, SweepOnSqlite(url) if is_sqlite(url) else SweepOnPostgresql(url))
    people, done = _due_at(database, now), Event()
    scheduler = _scheduler(database, threads)
    left, faults = len(people), list[str]()

    def count(event: JobExecutionEvent) -> None:
        nonlocal left
        left -= 1
        if event.exception is not None:
            faults.append(repr(event.exception))
        if not left:
            done.set()

    scheduler.add_listener(count, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    past = datetime.now(UTC) - timedelta(seconds=1)
    for person in people:
        scheduler.add_job(one_job, "date", run_date=past, args=(url, person, now))
    start = time.perf_counter()
    scheduler.resume()
    finished = done.wait(_PATIENCE_S)
    taken = time.perf_counter() - start
    scheduler.shutdown()
    if faults or not finished or _due_at(database, now):
        raise RuntimeError(f"the date jobs left reminders: {faults[:3]}")
    database.dispose()
    return len(people) / taken


def _scheduler(database: Database, threads: int) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=database.engine)},
        executors={"default": ThreadPoolExecutor(threads)},
        job_defaults={"misfire_grace_time": None},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    return scheduler


def one_job(url: str, porteur: int, now: datetime) -> None:
    """What one date job does: one reminder, in a transaction of its own."""
    peer: Any = _PEERS[url]
    with peer.transaction() as cursor:
        peer.see_to(cursor, [porteur], now)


def _due_at(database: Database, now: datetime) -> list[int]:
    with database.reading() as session:
        due = reminders_due(session.connection(), now, BEGINNING, 10_000)
    return [each.person.personne_id for each in due if each.person.personne_id is not None]
