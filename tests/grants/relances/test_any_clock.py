"""Reminders whatever the clock does: properties that hold at any moments, in any order."""

from __future__ import annotations

from collections import Counter as Many
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from grants.dossiers.appointments import meet_on
from notifications.courrier_table import Courrier
from tests.builders.databases import Databases, SchemaBuilder
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, make_office
from tests.builders.reminders import reminders_sent, somebody, sweep_at
from workflow.calendar import next_opening
from workflow.database import Database, table_of
from workflow.dates import to_paris
from workflow.echeance_table import Echeance
from workflow.engine import Engine

CONTACT = "contact_sans_rendez_vous"
DOSSIERS = 4
_E = table_of(Echeance)
#: Any moment of a spring, with its changes of hour, its bank holidays and its nights.
MOMENTS = st.integers(-60 * 24 * 30, 60 * 24 * 60).map(
    lambda minutes: datetime(2026, 4, 2, 7, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.fixture
def fresh(databases: Databases, schema_builder: SchemaBuilder, engine: Engine) -> Any:
    """A counter over a database of its own, for each example."""

    @contextmanager
    def make() -> Generator[Counter]:
        with databases.fresh("sqlite", schema_builder) as url:
            database = Database(url)
            with database.unit_of_work() as session:
                office = make_office(session)
            yield Counter(database, engine, office)
            database.dispose()

    return make


def rows(counter: Counter) -> list[Any]:
    query = select(*_E.c).where(_E.c.rule == CONTACT).order_by(_E.c.id)
    with counter.database.reading() as session:
        return list(session.connection().execute(query))


def make_due(counter: Counter, dues: list[datetime]) -> None:
    with counter.database.unit_of_work() as session:
        for row, due in zip(rows(counter), dues, strict=False):
            changed = update(_E).where(_E.c.id == row.id).values(due_at=due)
            session.connection().execute(changed)


@given(
    dues=st.lists(MOMENTS, min_size=2 * DOSSIERS, max_size=2 * DOSSIERS),
    ticks=st.lists(MOMENTS, min_size=1, max_size=8),
    met=st.sets(st.integers(0, DOSSIERS - 1)),
)
@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_one_a_day_within_hours_none_without_its_cause_none_lost(
    fresh: Any, dues: list[datetime], ticks: list[datetime], met: set[int]
) -> None:
    with fresh() as counter:
        people = [somebody(counter, f"Personne {n}") for n in range(2)]
        dossiers = [counter.open(porteur_id=people[n % 2]) for n in range(DOSSIERS)]
        make_due(counter, dues)
        for n in met:
            with counter.database.unit_of_work() as session:
                place = (session, counter.engine, counter.charge, dossiers[n])
                meet_on(*place, {"rendez_vous": "2026-09-01T10:00"}, NOW)
        for tick in ticks:  # in any order: a clock may go back
            sweep_at(counter, tick)
            _send(counter, tick)
        end = (max([*dues, *ticks]) + timedelta(days=1)).replace(hour=10)
        for day in range(40):
            sweep_at(counter, end + timedelta(days=day))
            _send(counter, end + timedelta(days=day))
        check(counter, dossiers, met)


def _send(counter: Counter, at: datetime) -> None:
    """What was prepared just now leaves at once."""
    table = table_of(Courrier)
    with counter.database.unit_of_work() as session:
        sent = update(table).where(table.c.state == "prepare")
        session.connection().execute(sent.values(state="envoye", sent_at=at, digest="0" * 64))


def check(counter: Counter, dossiers: list[int], met: set[int]) -> None:
    letters = reminders_sent(counter)
    days = Many((each["recipient_id"], to_paris(each["sent_at"]).date()) for each in letters)
    assert set(days.values()) <= {1}
    for each in letters:
        assert next_opening(each["due_at"]) == each["due_at"]
        assert each["sent_at"] >= max(part["due_at"] for part in each["rappels"])
    carried = Many(part["echeance_id"] for each in letters for part in each["rappels"])
    assert set(carried.values()) <= {1}
    gone = {dossiers[n] for n in met}
    for row in rows(counter):
        if row.subject_id in gone:
            assert (row.state, row.id in carried) == ("annulee", False)
        else:
            assert row.state == "faite" if row.id in carried else row.state == "annulee"
    for dossier in set(dossiers) - gone:
        own = [row for row in rows(counter) if row.subject_id == dossier]
        assert any(row.id in carried for row in own)
        # Only an earlier one was dropped, for a later one that was sent.
        dropped = [row.occurrence for row in own if row.id not in carried]
        assert dropped in ([], [1])


def test_a_clock_moved_back_an_hour_sends_nothing_twice(fresh: Any) -> None:
    with fresh() as counter:
        counter.open()
        nine = datetime(2026, 4, 2, 7, tzinfo=UTC)
        assert sweep_at(counter, nine).letters == 1
        assert sweep_at(counter, nine - timedelta(hours=1)).letters == 0
        assert sweep_at(counter, nine).letters == 0
        assert sweep_at(counter, nine + timedelta(hours=1)).letters == 0


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)]
)
def test_the_nights_when_the_hour_changes_send_nothing_and_lose_nothing(
    fresh: Any, night: datetime
) -> None:
    with fresh() as counter:
        counter.open()
        make_due(counter, [night + timedelta(hours=3), night + timedelta(days=90)])
        for half_hour in range(20):
            assert sweep_at(counter, night + timedelta(minutes=30 * half_hour)).letters == 0
        # The Sunday passes; on the Monday, at the usual hour.
        found = [
            sweep_at(counter, night + timedelta(minutes=30 * each)).letters
            for each in range(20, 120)
        ]
        assert sum(found) == 1
        (letter,) = reminders_sent(counter)
        sent = to_paris(letter["due_at"])
        assert (sent.weekday(), sent.hour) == (0, 9)
