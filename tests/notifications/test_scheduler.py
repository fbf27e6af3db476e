from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.jobstores.base import ConflictingIdError

from notifications.scheduler import Clock, Tick

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
PATIENCE = 20


@pytest.fixture
def start() -> Iterator[Callable[..., Clock]]:
    """Starts a clock, and stops it when the test is over."""
    clocks = []

    def make(*ticks: Tick, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Clock:
        clocks.append(Clock(ticks, now))
        clocks[-1].start()
        return clocks[-1]

    yield make
    for clock in clocks:
        clock.stop()


def test_a_tick_runs_as_soon_as_the_clock_starts_with_the_instant_it_is_told(
    start: Callable[..., Clock],
) -> None:
    instant = datetime(2009, 3, 29, 1, 30, tzinfo=UTC)
    told: list[datetime] = []
    rung = threading.Event()

    def note(at: datetime) -> None:
        told.append(at)
        rung.set()

    start(Tick("relances", HOUR, note), now=lambda: instant)

    assert rung.wait(PATIENCE)
    assert told == [instant]


def test_a_tick_that_fails_is_tried_again(
    start: Callable[..., Clock], caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []
    twice = threading.Event()

    def fail(at: datetime) -> None:
        tries.append(at)
        if len(tries) == 2:
            twice.set()
        raise ValueError("la base est occupée")

    start(Tick("relances", SECOND, fail))

    assert twice.wait(PATIENCE)
    assert "la base est occupée" in caplog.text


def test_two_ticks_never_run_at_once(start: Callable[..., Clock]) -> None:
    running = threading.Lock()
    met: list[bool] = []
    done = threading.Barrier(3, timeout=PATIENCE)

    def alone(_at: datetime) -> None:
        met.append(running.acquire(blocking=False))
        threading.Event().wait(0.05)
        running.release()
        threading.Thread(target=done.wait, daemon=True).start()

    start(Tick("relances", HOUR, alone), Tick("nuit", HOUR, alone))

    done.wait()
    assert met == [True, True]


def test_every_trigger_counts_in_utc_and_is_never_too_late(start: Callable[..., Clock]) -> None:
    clock = start(Tick("relances", HOUR, lambda _at: None), Tick("nuit", HOUR, lambda _at: None))

    for job in clock._scheduler.get_jobs():
        assert job.trigger.timezone == UTC
        assert job.misfire_grace_time is None
        assert job.coalesce


def test_two_ticks_of_the_same_name_are_refused() -> None:
    ticks = [Tick("relances", HOUR, lambda _at: None) for _ in range(2)]
    clock = Clock(ticks)
    with pytest.raises(ConflictingIdError):
        clock.start()
