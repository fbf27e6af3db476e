"""The clock: calls what the composition root hands it, again and again.

What is due is the database's to say; the clock only says « look now ». It keeps nothing itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from workflow.errors import DomainError

_log = structlog.get_logger(__name__)


Beat = Callable[[str, datetime, str | None], None]


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing to do regularly: it gets the present instant, in UTC.

    `apart`: in a thread of its own, since it waits for others and must hold nothing up.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    apart: bool = False


class Clock:
    """Runs its ticks until stopped, the first time at once.

    A tick that fails is logged, and tried again at its next time. `beat` is told each one: its
    name, when it began, and its fault if it had one.
    """

    def __init__(
        self,
        ticks: Iterable[Tick],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        beat: Beat = lambda _name, _at, _fault: None,
    ) -> None:
        self._now = now
        self._beat = beat
        # UTC, and no grace: a local clock skips or repeats an hour twice a year, and a late tick
        # is better than none. Missed ticks become one, since each looks at all that is due.
        ticks = tuple(ticks)
        threads = {"default", *(tick.name for tick in ticks if tick.apart)}
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={name: ThreadPoolExecutor(1) for name in threads},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for tick in ticks:
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=int(tick.every.total_seconds()), timezone=UTC),
                args=(tick,),
                id=tick.name,
                executor=tick.name if tick.apart else "default",
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; a tick under way is waited for."""
        self._scheduler.shutdown(wait=True)

    def _run(self, tick: Tick) -> None:
        at, fault = self._now(), None
        try:
            tick.run(at)
        except DomainError as error:  # the database is busy or gone: that passes
            fault = str(error)
            _log.warning("tick_failed", tick=tick.name, why=fault)
        except Exception as error:
            fault = _named(error)
            raise
        finally:
            self._beat(tick.name, at, fault)


def _named(error: Exception) -> str:
    """A fault of the program in a few words, without what people typed."""
    if isinstance(error, ExceptionGroup):
        kinds = Counter(type(each).__name__ for each in error.exceptions)
        return ", ".join(f"{kind} × {many}" for kind, many in kinds.items())
    return type(error).__name__
