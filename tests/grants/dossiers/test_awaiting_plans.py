"""What a morning's page asks of the database: an index answers each question."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, event

from grants.dossiers import awaiting
from grants.dossiers.taches.queries import open_tasks, tasks_done_since, tasks_of_dossier
from grants.organisation.queries import Customs
from grants.relances import dues
from grants.relances.agenda import KINDS, Narrowing, agenda
from notifications.reminders import days_taken
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW
from workflow import statements
from workflow.database import Database

PEOPLE = [dues.Person(1, 2, None), dues.Person(1, None, 3)]
SOON = NOW + timedelta(days=7)
Asked = Callable[[Connection, Counter], object]


def pipelines(counter: Counter) -> list[Any]:
    return [each.pipeline for each in counter.engine.catalogue.every()]


def _agenda(connection: Connection, counter: Counter, kind: str) -> object:
    whose = Narrowing(2, "microprojets", (kind,))
    span, after = (NOW, SOON), (NOW, 2, 5)
    return agenda(connection, counter.engine, 1, span, whose, 9, after)


QUESTIONS: dict[str, Asked] = {
    "dates": lambda c, _: awaiting.echeances_due(c, 1, None, NOW, SOON, 9),
    "my dates": lambda c, _: awaiting.echeances_due(c, 1, 2, NOW, SOON, 9),
    "appointments": lambda c, _: awaiting.appointments_between(c, 1, None, NOW, SOON, 9),
    "ready": lambda c, _: awaiting.ready_dossiers(c, 1, None, 9),
    "idle": lambda c, counter: awaiting.idle_dossiers(
        c, 1, None, pipelines(counter), NOW.date(), Customs("metropole"), 9
    ),
    "my idle": lambda c, counter: awaiting.idle_dossiers(
        c, 1, 2, pipelines(counter), NOW.date(), Customs("metropole"), 9
    ),
    "any dossier": lambda c, _: awaiting.has_dossiers(c, 1, 2),
    "taches": lambda c, _: open_tasks(c, 1, None, 9),
    "my taches": lambda c, _: open_tasks(c, 1, 2, 9),
    "done": lambda c, _: tasks_done_since(c, 1, 2, NOW, 9),
    "of a dossier": lambda c, _: tasks_of_dossier(c, 1),
    "anything due": lambda c, _: dues.anything_due(c, NOW),
    "reminders": lambda c, _: dues.reminders_due(c, NOW, dues.BEGINNING, 9),
    "reminders of people": lambda c, _: dues.echeances_due_to(c, PEOPLE, NOW),
    **{f"agenda: {kind}": partial(_agenda, kind=kind) for kind in KINDS},
    "days taken": lambda c, _: days_taken(c, {(1, 2), (1, 3)}, NOW),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_is_read_whole(sqlite_counter: Counter, question: str) -> None:
    for steps in _plans(sqlite_counter, QUESTIONS[question]):
        whole = [step for step in steps if re.match(r"SCAN (?!anon|json_each|\()", step)]
        assert whole == [], steps


def test_reminders_that_are_due_are_found_by_their_moment(sqlite_counter: Counter) -> None:
    """By their kind, those of the years to come would be read too."""
    ((first, *_),) = _plans(sqlite_counter, QUESTIONS["reminders"])
    assert "ix_echeance_due" in first


def _plans(counter: Counter, ask: Asked) -> list[list[str]]:
    """How the database answers each SELECT of a question."""
    sent = _sent(counter, ask)
    assert sent
    with counter.database.reading() as session:
        connection = session.connection()
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in sent
        ]
        return [[row[3] for row in plan] for plan in plans]


def _sent(counter: Counter, ask: Asked) -> list[tuple[str, Any]]:
    """The SELECTs of a question, with their values."""
    database: Database = counter.database
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        if sql.lstrip().startswith("SELECT"):
            found.append((sql, values))

    execute = statements.execute

    def run(connection: Connection, sql: str, values: Any, **options: Any) -> Any:
        note(connection, None, sql, tuple(values))
        return execute(connection, sql, values, **options)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.reading() as session, patch.object(statements, "execute", run):
            ask(session.connection(), counter)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return found
