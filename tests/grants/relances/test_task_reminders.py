"""Reminders that ask a colleague for something: a tâche when their moment comes, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from grants.dossiers.appointments import meet_on
from grants.dossiers.taches.queries import TaskLine, tasks_of_dossier
from grants.dossiers.taches.service import finish_task
from grants.organisation.tables import Adhesion
from grants.relances import service
from grants.relances.service import Swept, sweep
from tests.builders.dossiers import Counter
from workflow.database import table_of
from workflow.echeance_table import Echeance

RULE = "contact_a_appeler"


def due_at(counter: Counter, rule: str = RULE, occurrence: int = 1) -> datetime:
    table = table_of(Echeance)
    query = select(table.c.due_at).where(
        table.c.subject_kind == "dossier",
        table.c.subject_id == counter.dossier,
        table.c.rule == rule,
        table.c.occurrence == occurrence,
    )
    with counter.database.reading() as session:
        return session.connection().execute(query).scalar_one()


def states(counter: Counter) -> dict[tuple[str, int], str]:
    table = table_of(Echeance)
    query = select(table).where(
        table.c.subject_kind == "dossier", table.c.subject_id == counter.dossier
    )
    with counter.database.reading() as session:
        rows = session.connection().execute(query).mappings()
        return {(row["rule"], row["occurrence"]): row["state"] for row in rows}


def tasks(counter: Counter) -> list[TaskLine]:
    with counter.database.reading() as session:
        return tasks_of_dossier(session.connection(), counter.dossier)


def swept(counter: Counter, now: datetime) -> Swept:
    return sweep(counter.database, counter.engine, now)


def test_a_reminder_becomes_a_tache_when_it_is_due_and_not_before(counter: Counter) -> None:
    counter.open()
    due = due_at(counter)
    assert swept(counter, due - timedelta(microseconds=1)).tasks == 0
    assert tasks(counter) == []
    assert swept(counter, due) == Swept(tasks=1)
    (task,) = tasks(counter)
    assert task.titre == "Appeler le porteur, ou classer la demande"
    assert (task.pour, task.auteur) == (counter.charge.nom, "Microprojets")
    assert task.pour_le == due.date()
    assert task.by_reminder
    assert states(counter)[RULE, 1] == "faite"
    last = counter.lines()[-1]
    assert (last.event, last.actor_id, last.role) == ("tache_creee", None, "systeme")
    assert swept(counter, due + timedelta(days=1)) == Swept()
    assert len(tasks(counter)) == 1


def test_after_an_outage_the_later_of_two_taches_is_made_alone(counter: Counter) -> None:
    counter.open("dla_individuel")
    assert swept(counter, due_at(counter, "demande_sans_rendez_vous", 2)).tasks == 1
    assert states(counter)["demande_sans_rendez_vous", 1] == "annulee"
    assert states(counter)["demande_sans_rendez_vous", 2] == "faite"
    assert len(tasks(counter)) == 1


def test_a_reminder_whose_cause_is_gone_asks_for_nothing(counter: Counter) -> None:
    counter.open()
    due = due_at(counter)
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-06-01T10:00"}, counter.now)
    assert swept(counter, due) == Swept()
    assert tasks(counter) == []
    assert states(counter)[RULE, 1] == "annulee"


def test_a_dossier_that_moved_on_asks_for_nothing(counter: Counter) -> None:
    counter.open()
    due = due_at(counter)
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert swept(counter, due).tasks == 0
    assert tasks(counter) == []


def test_a_tache_of_nobody_is_left_to_be_taken(counter: Counter) -> None:
    counter.open()
    table = table_of(Adhesion)
    with counter.database.unit_of_work() as session:
        left = update(table).where(table.c.compte_id == counter.charge.compte_id)
        session.connection().execute(left.values(active=False))
    swept(counter, due_at(counter))
    assert [each.pour for each in tasks(counter)] == [None]
    counter.open(referent_id=None)
    swept(counter, due_at(counter))
    assert [each.pour for each in tasks(counter)] == [None]


def test_two_sweeps_at_once_make_each_tache_once(counter: Counter) -> None:
    dossiers = [counter.open() for _ in range(3)]
    due, together = due_at(counter), Barrier(2)

    def run(_n: int) -> int:
        together.wait()
        return swept(counter, due).tasks

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == len(dossiers)
    for counter.dossier in dossiers:
        assert len(tasks(counter)) == 1


def test_no_more_than_a_batch_is_made_at_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(service, "BATCHES", 2)
    for _ in range(3):
        counter.open("dla_individuel")
    due = due_at(counter, "demande_sans_rendez_vous")
    assert [swept(counter, due).tasks for _ in range(3)] == [2, 1, 0]


def test_one_that_breaks_does_not_hold_the_others_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = counter.open(), counter.open()
    real = service.remind

    def break_first(session: Any, engine: Any, subject: Any, *rest: Any) -> bool:
        if subject.id == first:
            raise LookupError(first)
        return real(session, engine, subject, *rest)

    monkeypatch.setattr(service, "remind", break_first)
    due = due_at(counter)
    with pytest.raises(ExceptionGroup) as raised:
        swept(counter, due)
    assert [fault.args for fault in raised.value.exceptions] == [(first,)]
    assert len(tasks(counter)) == 1
    assert counter.dossier == second
    monkeypatch.undo()
    assert swept(counter, due).tasks == 1


def test_a_tache_that_was_done_is_not_made_again(counter: Counter) -> None:
    counter.open()
    due = due_at(counter)
    swept(counter, due)
    with counter.database.unit_of_work() as session:
        (task,) = tasks(counter)
        finish_task(session, counter.engine, counter.charge, task.id, due)
    assert swept(counter, due + timedelta(days=2)).tasks == 0
    assert [each.faite_par for each in tasks(counter)] == [counter.charge.nom]
