"""Periods, as figures are counted over them, and the whole months that come nearest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement

from workflow.dates import from_paris, to_paris

#: Before and after every month, as ISO writes them.
FIRST_MONTH, LAST_MONTH = "0000-00", "9999-99"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in Paris, both included; an open end is None."""

    since: date | None = None
    until: date | None = None

    def clauses(self, moment: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """The conditions for an instant to fall in the period."""
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(moment >= _midnight(self.since))
        if self.until is not None:
            found.append(moment < _midnight(self.until + timedelta(days=1)))
        return found


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months, both included. `odd`: the days that a period has more, or fewer, than they."""

    first: str
    last: str
    odd: tuple[Period, ...]


def months_of(period: Period) -> Months:
    """The months nearest to a period: a dossier that did not move on odd days counts the same."""
    first, last, odd = FIRST_MONTH, LAST_MONTH, []
    if (day := period.since) is not None:
        first, over = day, Period(_first(day), day - timedelta(days=1))
        if day.day - 1 > _length(day) // 2:
            first, over = _next(day), Period(day, _next(day) - timedelta(days=1))
        first = _month(first)
        odd += [over] if _some(over) else []
    if (day := period.until) is not None:
        last, over = day, Period(day + timedelta(days=1), _next(day) - timedelta(days=1))
        if day.day <= _length(day) // 2:
            last, over = _first(day) - timedelta(days=1), Period(_first(day), day)
        last = _month(last)
        odd += [over] if _some(over) else []
    return Months(first, last, tuple(odd))


def day_of(moment: datetime) -> date:
    """The day of an instant, in Paris."""
    return _day_of_hour(moment.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=32_768)
def _day_of_hour(hour: datetime) -> date:
    """The same for a whole hour of UTC: in Paris, midnight and the changes of time fall on one."""
    return to_paris(hour).date()


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time.min)).astimezone(UTC)


def _first(day: date) -> date:
    return day.replace(day=1)


def _next(day: date) -> date:
    """The first day of the next month."""
    return _first(_first(day) + timedelta(days=31))


def _length(day: date) -> int:
    return (_next(day) - _first(day)).days


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _some(period: Period) -> bool:
    return period.since is not None and period.until is not None and period.since <= period.until
