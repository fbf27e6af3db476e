"""The clock's work: timed actions when they are due, automatic ones that nobody noticed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import select, update

from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from grants.relances import service
from grants.relances.service import Swept, settle_all, sweep
from tests.builders.dossiers import Counter
from tests.builders.engines import engine_with, waiting_room
from tests.builders.toys import small_pipeline
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.errors import DatabaseGone

TEN_DAYS = {"after": "10 jours"}
# Ten days after the 12th of March 2026, a Sunday: the Monday, at nine in Paris.
DUE = datetime(2026, 3, 23, 8, tzinfo=UTC)


def swept(counter: Counter, now: datetime) -> Swept:
    return sweep(counter.database, counter.engine, now)


def echeances_of(counter: Counter) -> list[Any]:
    table = table_of(Echeance)
    with counter.database.reading() as session:
        query = (
            select(table)
            .where(table.c.subject_kind == "dossier", table.c.subject_id == counter.dossier)
            .order_by(table.c.id)
        )
        return list(session.connection().execute(query))


def attach_structure(counter: Counter, dossier: int, structure_id: int | None) -> None:
    """Behind everybody's back: what no service noticed."""
    with counter.database.unit_of_work() as session:
        table = table_of(Dossier)
        changed = update(table).where(table.c.id == dossier).values(structure_id=structure_id)
        session.connection().execute(changed)


def test_a_timed_action_is_taken_when_it_is_due_and_not_before(counter: Counter) -> None:
    counter.engine = engine_with(counter.engine, waiting_room(TEN_DAYS))
    counter.open("jouet")
    assert swept(counter, DUE - timedelta(microseconds=1)) == Swept()
    assert counter.read().stage == "a"
    assert swept(counter, DUE) == Swept(taken=1)
    assert counter.read().stage == "b"
    last = counter.lines()[-1]
    assert (last.event, last.at, last.actor_id) == ("expirer", DUE, None)
    assert (last.actor_name, last.role) == ("Microprojets", "systeme")
    assert [row.state for row in echeances_of(counter)] == ["faite"]
    assert swept(counter, DUE) == Swept()
    assert len(counter.lines()) == 2


def test_a_timed_action_that_is_refused_waits_for_the_next_working_day(counter: Counter) -> None:
    guarded = waiting_room(TEN_DAYS, guards=["structure_connue"])
    counter.engine = engine_with(counter.engine, guarded)
    counter.open("jouet", structure_id=None)
    friday = datetime(2026, 4, 3, 15, tzinfo=UTC)
    assert swept(counter, friday) == Swept(postponed=1)
    (row,) = echeances_of(counter)
    # After the week-end and Easter Monday.
    assert row.due_at == datetime(2026, 4, 7, 7, tzinfo=UTC)
    assert (row.state, row.anchored_on) == ("prevue", date(2026, 3, 12))
    assert [line.event for line in counter.lines()] == ["ouverture"]
    assert swept(counter, friday + timedelta(hours=1)) == Swept()
    other = counter.open("microprojets")
    attach_structure(counter, row.subject_id, counter.read(other).row["structure_id"])
    assert swept(counter, row.due_at).taken == 1
    assert counter.read(row.subject_id).stage == "b"


def test_one_that_breaks_is_told_and_does_not_hold_the_others_back(counter: Counter) -> None:
    broken: set[int] = set()

    def break_some(context: Any) -> None:
        if context.subject.id in broken:
            raise LookupError(context.subject.id)

    timed = waiting_room(TEN_DAYS, effects=["casser"])
    counter.engine = engine_with(counter.engine, timed, casser=break_some)
    first, second, third = (counter.open("jouet") for _ in range(3))
    broken |= {first, second}
    with pytest.raises(ExceptionGroup) as raised:
        swept(counter, DUE)
    assert [fault.args for fault in raised.value.exceptions] == [(first,), (second,)]
    assert [counter.read(id).stage for id in (first, second, third)] == ["a", "a", "b"]
    assert [len(counter.lines(id)) for id in (first, second, third)] == [1, 1, 2]
    broken.clear()
    assert swept(counter, DUE) == Swept(taken=2)


def test_a_database_that_is_gone_ends_the_sweep(counter: Counter) -> None:
    tried: list[int] = []

    def unplug(context: Any) -> None:
        tried.append(context.subject.id)
        raise DatabaseGone

    timed = waiting_room(TEN_DAYS, effects=["debrancher"])
    counter.engine = engine_with(counter.engine, timed, debrancher=unplug)
    counter.open("jouet")
    counter.open("jouet")
    with pytest.raises(DatabaseGone):
        swept(counter, DUE)
    assert len(tried) == 1


def test_two_timed_actions_of_one_dossier_are_not_both_taken(counter: Counter) -> None:
    twice = small_pipeline(
        "a b! c!",
        [
            {"key": "tot", "from": "a", "to": "b", "timer": {"after": "5 jours"}},
            {"key": "tard", "from": "a", "to": "c", "timer": {"after": "6 jours"}},
        ],
    )
    counter.engine = engine_with(counter.engine, twice)
    counter.open("jouet")
    assert swept(counter, DUE) == Swept(taken=1)
    assert counter.read().stage == "b"
    assert [row.state for row in echeances_of(counter)] == ["faite", "annulee"]


def test_two_sweeps_at_once_take_each_action_once(counter: Counter) -> None:
    counter.engine = engine_with(counter.engine, waiting_room(TEN_DAYS))
    dossiers = [counter.open("jouet") for _ in range(4)]
    together = Barrier(2)

    def run(_n: int) -> Swept:
        together.wait()
        return swept(counter, DUE)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, range(2)))
    assert sum(each.taken for each in results) == len(dossiers)
    assert sum(each.postponed for each in results) == 0
    assert [len(counter.lines(id)) for id in dossiers] == [2, 2, 2, 2]


def test_a_timed_action_that_changes_no_stage_is_taken_once_too(counter: Counter) -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "veiller", "from": "a", "to": "a", "timer": TEN_DAYS},
            {"key": "sortir", "from": "a", "to": "b"},
        ],
    )
    counter.engine = engine_with(counter.engine, pipeline)
    counter.open("jouet")
    found_by_another = echeances_of(counter)[0]._asdict()
    assert swept(counter, DUE) == Swept(taken=1)
    late = Swept()
    service._take(counter.database, counter.engine, found_by_another, DUE, late)
    assert late == Swept()
    assert [line.event for line in counter.lines()] == ["ouverture", "veiller"]


def test_a_sweep_and_a_person_on_one_dossier_wait_for_each_other_in_turn(counter: Counter) -> None:
    counter.engine = engine_with(counter.engine, waiting_room(TEN_DAYS))
    counter.open("jouet")
    counter.now = DUE
    started = Event()

    def run() -> Swept:
        started.set()
        return swept(counter, DUE)

    with ThreadPoolExecutor(1) as pool:
        with counter.database.unit_of_work() as session:
            read_subject(
                session.connection(), counter.engine, counter.office.id, counter.dossier, lock=True
            )
            sweeping = pool.submit(run)
            started.wait()
            assert not _ends(sweeping)
            counter.do_in(session, "sortir")
        assert sweeping.result(timeout=20) == Swept()
    assert counter.read().stage == "c"


def _ends(sweeping: Any) -> bool:
    """Whether it ends within an instant, which it cannot while somebody holds the dossier."""
    try:
        sweeping.result(timeout=0.3)
    except TimeoutError:
        return False
    return True


def test_no_more_than_a_batch_is_taken_at_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AT_ONCE", 2)
    counter.engine = engine_with(counter.engine, waiting_room(TEN_DAYS))
    for _ in range(3):
        counter.open("jouet")
    assert swept(counter, DUE) == Swept(taken=2)
    assert swept(counter, DUE) == Swept(taken=1)


# --- What nobody noticed ------------------------------------------------------------------------


def by_itself(**action: Any) -> Any:
    return small_pipeline(
        "a b!",
        [
            {
                "key": "filer",
                "from": "a",
                "to": "b",
                "automatic": True,
                "guards": ["structure_connue"],
                **action,
            }
        ],
    )


def test_automatic_actions_left_behind_are_taken_every_night(counter: Counter) -> None:
    counter.engine = engine_with(counter.engine, by_itself())
    waiting = [counter.open("jouet", structure_id=None) for _ in range(3)]
    assert settle_all(counter.database, counter.engine, DUE) == 0
    known = counter.read(counter.open("microprojets")).row["structure_id"]
    for dossier in waiting[:2]:
        attach_structure(counter, dossier, known)
    assert settle_all(counter.database, counter.engine, DUE) == 2
    assert [counter.read(id).stage for id in waiting] == ["b", "b", "a"]
    assert counter.lines(waiting[0])[-1].role == "systeme"


def test_a_dossier_that_cannot_be_settled_does_not_hold_the_others_back(counter: Counter) -> None:
    broken: set[int] = set()

    def break_some(context: Any) -> None:
        if context.subject.id in broken:
            raise LookupError(context.subject.id)

    pipeline = by_itself(effects=["casser"])
    counter.engine = engine_with(counter.engine, pipeline, casser=break_some)
    first, second = (counter.open("jouet", structure_id=None) for _ in range(2))
    known = counter.read(counter.open("microprojets")).row["structure_id"]
    for dossier in (first, second):
        attach_structure(counter, dossier, known)
    broken.add(first)
    with pytest.raises(ExceptionGroup) as raised:
        settle_all(counter.database, counter.engine, DUE)
    assert [fault.args for fault in raised.value.exceptions] == [(first,)]
    assert [counter.read(id).stage for id in (first, second)] == ["a", "b"]
