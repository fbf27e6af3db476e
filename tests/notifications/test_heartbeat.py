"""The clock's heartbeat: written seldom while nothing changes, at once when something does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from notifications.heartbeat import BEAT_EVERY, LATE_AFTER, Beat, Heart, beats
from notifications.scheduler import Clock, Tick
from workflow.database import Database
from workflow.errors import DatabaseBusy, DatabaseGone

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


def kept(database: Database, name: str = "echeances") -> Beat | None:
    with database.reading() as session:
        return beats(session.connection()).get(name)


def test_a_beat_says_when_and_where(database: Database) -> None:
    Heart(database, "serveur/12").beat("echeances", NOW)
    assert kept(database) == Beat("echeances", NOW, NOW, None, "serveur/12")


def test_a_fault_keeps_the_last_time_that_all_went_well(database: Database) -> None:
    heart = Heart(database, "serveur/12")
    heart.beat("echeances", NOW)
    heart.beat("echeances", NOW + MINUTE, "LookupError × 2")
    found = kept(database)
    assert found is not None
    assert (found.at, found.ok_at, found.fault) == (NOW + MINUTE, NOW, "LookupError × 2")
    heart.beat("echeances", NOW + 2 * MINUTE)
    found = kept(database)
    assert found is not None
    assert (found.ok_at, found.fault) == (NOW + 2 * MINUTE, None)


def test_nothing_is_written_while_nothing_changes(database: Database) -> None:
    heart, written = Heart(database, "serveur/12"), []
    event.listen(database.engine, "commit", written.append)
    for n in range(12):
        heart.beat("echeances", NOW + n * MINUTE)
    assert len(written) == 3
    found = kept(database)
    assert found is not None
    assert found.at == NOW + 2 * BEAT_EVERY


def test_a_clock_that_goes_back_is_noted_at_once(database: Database) -> None:
    heart = Heart(database, "serveur/12")
    heart.beat("echeances", NOW)
    heart.beat("echeances", NOW - timedelta(hours=1))
    found = kept(database)
    assert found is not None
    assert found.at == NOW - timedelta(hours=1)


def test_two_processes_beat_on_the_same_rows(database: Database) -> None:
    Heart(database, "un").beat("echeances", NOW)
    Heart(database, "deux").beat("echeances", NOW + MINUTE)
    found = kept(database)
    assert found is not None
    assert found.process == "deux"


def test_a_database_that_is_gone_stops_no_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    heart = Heart(Database("sqlite:////nulle/part.sqlite"), "serveur/12")

    def gone(*_: object) -> None:
        raise DatabaseGone

    monkeypatch.setattr(heart, "_write", gone)
    heart.beat("echeances", NOW)
    assert heart._noted == {}


def test_a_tick_is_late_once_it_should_have_run_since() -> None:
    beat = Beat("echeances", NOW, NOW, None, "serveur/12")
    assert not beat.is_late(MINUTE, NOW + MINUTE + LATE_AFTER)
    assert beat.is_late(MINUTE, NOW + MINUTE + LATE_AFTER + timedelta(seconds=1))
    assert not beat.is_late(MINUTE, NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (None, None),
        (DatabaseBusy(), str(DatabaseBusy())),
        (LookupError("Ana Porteuse"), "LookupError"),
        (
            ExceptionGroup("x", [LookupError(1), LookupError(2), OSError()]),
            "LookupError × 2, OSError × 1",
        ),
    ],
)
def test_the_clock_tells_each_tick_with_its_fault(raised: Any, fault: str | None) -> None:
    told: list[tuple[str, datetime, str | None]] = []

    def run(_now: datetime) -> None:
        if raised is not None:
            raise raised

    tick = Tick("echeances", MINUTE, run)
    clock = Clock((), now=lambda: NOW, beat=lambda *beat: told.append(beat))
    with suppress(LookupError, ExceptionGroup):
        clock._run(tick)
    assert told == [("echeances", NOW, fault)]
