"""Several people, one dossier, the same instant: one move, and the others are told whose it is.

What guards that are taken away one by one at the end: a test that could not fail proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, text, update

from api.composition import default_engine
from api.schema import JOURNAL_OWNERS
from grants.dossiers import advance as moving
from grants.dossiers import writing
from grants.dossiers.advance import Advanced, Demand, advance
from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from tests.builders.dossiers import Counter
from tests.builders.offices import make_office
from workflow import echeances
from workflow.database import Database, table_of
from workflow.errors import DatabaseBusy, DomainError, KeyReused, Stale
from workflow.journal_check import verify
from workflow.statements import Statement
from workflow.subject import Subject

THREADS = 8
REASON = "Le porteur revient."
Outcome = Advanced | DomainError


@pytest.fixture
def counter(database_url: str) -> Generator[Counter]:
    """A counter on each kind of database in turn."""
    database = Database(database_url)
    with database.unit_of_work() as session:
        office = make_office(session)
    yield Counter(database, default_engine(), office)
    database.dispose()


def at_once(many: int, act: Callable[[int], Any]) -> list[Any]:
    """Each thread acts as all the others do."""
    barrier = Barrier(many)

    def start(number: int) -> Any:
        barrier.wait(30)
        try:
            return act(number)
        except DomainError as error:
            return error

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(start, range(many)))


def done(outcomes: list[Outcome]) -> list[Advanced]:
    return [each for each in outcomes if isinstance(each, Advanced)]


def moves(counter: Counter, event: str) -> int:
    with counter.database.reading() as session:
        query = text("SELECT count(*) FROM journal WHERE event = :event")
        return session.connection().execute(query, {"event": event}).scalar_one()


def is_sound(counter: Counter) -> bool:
    with counter.database.reading() as session:
        return verify(session.connection(), JOURNAL_OWNERS).sound


def ask(counter: Counter, demand: Demand, role: str) -> Advanced:
    """One click by somebody of that role, in a transaction of its own."""
    identity = counter.office.identity(role)
    with counter.database.unit_of_work() as session:
        return advance(session, counter.engine, identity, demand, counter.now)


def one_of(number: int) -> str:
    return ("charge_de_mission", "direction")[number % 2]


# --- One move ---------------------------------------------------------------------------------


def test_eight_people_on_one_dossier_make_one_move_and_seven_are_told_whose(
    counter: Counter,
) -> None:
    counter.open()
    seen = counter.read().lock_version
    answers = {"rendez_vous": "2026-03-20T10:30"}
    demand = Demand(counter.dossier, "accueillir", answers, version=seen)
    outcomes = at_once(THREADS, lambda number: ask(counter, demand, one_of(number)))
    late = [each for each in outcomes if isinstance(each, Stale)]
    assert (len(done(outcomes)), len(late)) == (1, THREADS - 1)
    who = counter.lines()[-1].actor_name
    assert {str(error) for error in late} == {
        f"Modifié entre-temps par {who}, 12 mars 2026 à 10\u00a0h\u00a030 :"
        " Rendez-vous d’accueil fixé. Relisez, puis recommencez si besoin."
    }
    assert moves(counter, "accueillir") == 1
    assert len(counter.letters()) == 1
    assert len(counter.still_open()) == 1
    assert is_sound(counter)


def test_two_different_actions_at_once_are_one_move(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    demands = (
        Demand(counter.dossier, "accueillir", {"rendez_vous": "2026-03-20T10:30"}, version=seen),
        Demand(counter.dossier, "classer_sans_suite", {}, "Sans nouvelles.", version=seen),
    )
    outcomes = at_once(THREADS, lambda number: ask(counter, demands[number % 2], "direction"))
    assert len(done(outcomes)) == 1
    assert all(isinstance(each, Stale) for each in outcomes if each not in done(outcomes))
    assert counter.read().stage == done(outcomes)[0].stage
    assert is_sound(counter)


def test_the_same_click_eight_times_at_once_is_one_move_and_one_answer(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    answers = {"rendez_vous": "2026-03-20T10:30"}
    demand = Demand(counter.dossier, "accueillir", answers, version=seen, key="clic-1")
    outcomes = at_once(THREADS, lambda _number: ask(counter, demand, "charge_de_mission"))
    assert len(done(outcomes)) == THREADS
    assert sorted(each.replayed for each in done(outcomes)) == [False, *[True] * (THREADS - 1)]
    assert {(each.dossier_id, each.stage) for each in done(outcomes)} == {
        (counter.dossier, "accueil")
    }
    assert moves(counter, "accueillir") == 1


def test_one_key_on_eight_dossiers_at_once_serves_one(counter: Counter) -> None:
    dossiers = [counter.open() for _ in range(THREADS)]
    demands = [
        Demand(id, "accueillir", {"rendez_vous": "2026-03-20T10:30"}, key="clic-1")
        for id in dossiers
    ]
    outcomes = at_once(THREADS, lambda number: ask(counter, demands[number], "direction"))
    assert len(done(outcomes)) == 1
    assert all(isinstance(each, KeyReused) for each in outcomes if each not in done(outcomes))
    assert moves(counter, "accueillir") == 1
    assert is_sound(counter)


def test_eight_dossiers_move_at_once_without_waiting_for_an_error(counter: Counter) -> None:
    dossiers = [counter.open() for _ in range(THREADS)]
    demands = [Demand(id, "accueillir", {"rendez_vous": "2026-03-20T10:30"}) for id in dossiers]
    outcomes = at_once(THREADS, lambda number: ask(counter, demands[number], one_of(number)))
    assert len(done(outcomes)) == THREADS
    assert is_sound(counter)


def test_a_dossier_thrown_back_and_forth_keeps_every_move_it_was_told(counter: Counter) -> None:
    counter.take_to("cts")
    first, second = counter.seance, counter.plan_seance(days=40)

    def swap(number: int) -> int:
        kept = 0
        for turn in range(4):
            seance = str((first, second)[(number + turn) % 2])
            demand = Demand(counter.dossier, "changer_de_seance", {"seance": seance}, "Report.")
            try:
                ask(counter, demand, one_of(number))
            except DomainError:
                continue
            kept += 1
        return kept

    acknowledged = sum(at_once(THREADS, swap))
    assert moves(counter, "changer_de_seance") == acknowledged > 0
    assert is_sound(counter)


def test_what_is_due_is_claimed_by_one_claimer_only(counter: Counter) -> None:
    for _ in range(12):
        counter.open()
    later = counter.now + timedelta(days=90)
    barrier = Barrier(4)

    def claim(_number: int) -> list[int]:
        with counter.database.unit_of_work() as session:
            connection = session.connection()
            found = [row["id"] for row in echeances.due(connection, "relance", later, 9)]
            if not counter.database.is_sqlite:
                barrier.wait(30)  # all of them hold what they claimed
            for id in found:
                echeances.settle(connection, id, echeances.FAITE, counter.now)
        return found

    claimed = [id for found in at_once(4, claim) for id in found]
    assert len(claimed) == len(set(claimed)) == 36


# --- Without the guards ---------------------------------------------------------------------------


class Unguarded:
    """The same office, with what guards a move taken away."""

    def __init__(self, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counter = counter
        self._patch = monkeypatch
        self.read_before_anyone_writes()

    def read_before_anyone_writes(self) -> None:
        """No lock from the reading to the writing: all have read before the first one writes."""
        database, everyone = self.counter.database, Barrier(THREADS)

        def unlocked(_connection: Connection, *arguments: Any, **_options: Any) -> Subject:
            with database.reading() as session:
                found = read_subject(session.connection(), *arguments, lock=False)
            everyone.wait(30)
            return found

        self._patch.setattr(moving, "read_subject", unlocked)
        if database.is_sqlite:
            # BEGIN instead of BEGIN IMMEDIATE, and no turn to wait for.
            self._patch.setattr(database, "_writer", None)
            deferred = database.engine.execution_options(readonly=True)
            self._patch.setattr(database, "engine", deferred)

    def write_whatever_the_version(self) -> None:
        """The row is written without looking at the version that was read."""
        table = table_of(Dossier)

        def blind(columns: tuple[str, ...]) -> Statement:
            values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
            return Statement(update(table).where(table.c.id == bindparam("id_")).values(values))

        self._patch.setattr(writing, "_statement", blind)

    def forget_the_keys(self) -> None:
        """Nothing stops two entries of the same rank, nor what two of them make due."""
        with self.counter.database.unit_of_work() as session:
            connection = session.connection()
            for table in ("journal", "journal_payload", "echeance"):
                if self.counter.database.is_sqlite:
                    connection.execute(text(f"CREATE TABLE copy AS SELECT * FROM {table}"))
                    connection.execute(text(f"DROP TABLE {table}"))
                    connection.execute(text(f"ALTER TABLE copy RENAME TO {table}"))
                else:
                    _drop_keys(connection, table)

    def react_at_once(self) -> list[Outcome]:
        """An action without letters, whose own keys would be guards too."""
        counter = self.counter
        version = counter.read().lock_version
        demand = Demand(counter.dossier, "reactiver", {}, REASON, version=version)
        return at_once(THREADS, lambda number: ask(counter, demand, one_of(number)))


def _drop_keys(connection: Connection, table: str) -> None:
    names = text(
        "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:t AS regclass)"
        " AND contype IN ('u', 'p')"
    )
    for (name,) in connection.execute(names, {"t": table}).all():
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"))


@pytest.fixture
def closed(counter: Counter) -> Counter:
    """A request closed while it was being put together."""
    counter.take_to("accompagnement")
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    return counter


def test_with_every_guard_one_of_eight_takes_it_up_again(closed: Counter) -> None:
    version = closed.read().lock_version
    demand = Demand(closed.dossier, "reactiver", {}, REASON, version=version)
    outcomes = at_once(THREADS, lambda number: ask(closed, demand, one_of(number)))
    assert len(done(outcomes)) == moves(closed, "reactiver") == 1
    assert is_sound(closed)


def test_without_any_guard_eight_people_make_eight_moves_of_one(
    closed: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded = Unguarded(closed, monkeypatch)
    unguarded.write_whatever_the_version()
    unguarded.forget_the_keys()
    outcomes = unguarded.react_at_once()
    assert len(done(outcomes)) == moves(closed, "reactiver") == THREADS
    assert not is_sound(closed)


def test_the_version_of_the_row_alone_still_stops_seven_of_eight(
    closed: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded = Unguarded(closed, monkeypatch)
    unguarded.forget_the_keys()
    outcomes = unguarded.react_at_once()
    assert len(done(outcomes)) == moves(closed, "reactiver") == 1
    assert all(isinstance(each, DatabaseBusy) for each in outcomes if each not in done(outcomes))


def test_the_rank_in_the_journal_alone_still_stops_seven_of_eight(
    closed: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded = Unguarded(closed, monkeypatch)
    unguarded.write_whatever_the_version()
    outcomes = unguarded.react_at_once()
    assert len(done(outcomes)) == moves(closed, "reactiver") == 1
    assert all(isinstance(each, Stale) for each in outcomes if each not in done(outcomes))
    assert is_sound(closed)
