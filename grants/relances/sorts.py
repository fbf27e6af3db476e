"""The subjects whose reminders people touch: dossiers and séances, each in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.comites import rappels
from grants.comites.chain import record
from grants.comites.reading import KIND as SEANCE
from grants.comites.reading import read_sitting
from grants.dossiers.causes import Cause
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import KIND as DOSSIER
from grants.dossiers.reading import read_subject
from grants.dossiers.taches.rappels import Asked, make_task
from grants.dossiers.writing import store_chain
from grants.relances.judging import Judged, Owed
from grants.relances.looking import Look
from grants.relances.preparing import reach_of
from grants.relances.sharing import share
from grants.relances.writing import Work, write
from workflow import echeances
from workflow.engine import Engine
from workflow.subject import Subject


@dataclass(frozen=True, slots=True)
class Sort:
    """How a kind of subject is read and locked, how its journal is told, what its reminders do.

    `read` raises NotFound; `tell` writes one fact, its text and the key of the click; `do_now`
    carries out a reminder whose cause holds.
    """

    read: Callable[[Connection, Engine, int, int], Subject]
    tell: Callable[[Session, Engine, Subject, Asked, str, str, datetime], None]
    do_now: Callable[[Session, Engine, Cause, Mapping[str, Any], Asked, datetime], None]


def _read_dossier(connection: Connection, engine: Engine, organisme_id: int, id: int) -> Subject:
    return read_subject(connection, engine, organisme_id, id, lock=True)


def _tell_dossier(
    session: Session,
    engine: Engine,
    subject: Subject,
    asked: Asked,
    event: str,
    said: str,
    now: datetime,
) -> None:
    content = {"texte": said}
    record_fact(session, engine, subject, asked.identity, event, content, now, asked.key)
    store_chain(session.connection(), subject)


def _do_on_dossier(
    session: Session,
    engine: Engine,
    cause: Cause,
    row: Mapping[str, Any],
    asked: Asked,
    now: datetime,
) -> None:
    connection, subject = session.connection(), cause.subject
    if cause.rule.task is not None:
        echeances.settle(connection, row["id"], echeances.FAITE, now)
        make_task(session, engine, subject, cause.rule, row, now, asked)
        return
    owed = Owed(row, subject, cause.rule, cause.facts)
    work = Work(Look(connection, engine, now), asked)
    reach = reach_of(connection, subject)
    work.take(share(Judged(owed=[owed]), engine.vocabulary.letters, reach))
    write(session, work)


def _read_sitting(
    connection: Connection,
    _engine: Engine,
    organisme_id: int,
    id: int,
) -> Subject:
    return read_sitting(connection, organisme_id, id, lock=True)


def _tell_sitting(
    session: Session,
    _engine: Engine,
    subject: Subject,
    asked: Asked,
    event: str,
    said: str,
    now: datetime,
) -> None:
    content = {"texte": said}
    record(session.connection(), subject, asked.identity, event, content, now, asked.key)


#: By the kind of subject.
SORTS: Mapping[str, Sort] = {
    DOSSIER: Sort(_read_dossier, _tell_dossier, _do_on_dossier),
    SEANCE: Sort(_read_sitting, _tell_sitting, rappels.do_now),
}
