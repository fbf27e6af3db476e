"""The day of a séance: an hour that is typed is of that day, or of the night after it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from workflow.dates import NoSuchHour, from_paris, to_paris
from workflow.subject import Subject

#: People come before the hour; an hour typed that is earlier is of the night after.
_EARLY = timedelta(hours=3)
#: From then on what is noted is written down afterwards: « now » says nothing of the séance.
_AFTERWARDS = timedelta(hours=12)


def moment_of(subject: Subject, typed: time) -> datetime | None:
    """An hour of the day of the séance, or past midnight; None where clocks skip it."""
    held = subject.row["tenue_le"]
    day = to_paris(held).date()
    for date in (day, day + timedelta(days=1)):
        try:
            at = from_paris(datetime.combine(date, typed))
        except NoSuchHour:
            return None
        if at >= held - _EARLY:
            return at
    return None


def is_afterwards(subject: Subject, now: datetime) -> bool:
    """Whether the séance is written down after the day it was held."""
    return now >= subject.row["tenue_le"] + _AFTERWARDS


def usual_arrival(subject: Subject, now: datetime) -> datetime:
    """When somebody came, who is noted without an hour: now; written down later, at its hour."""
    return subject.row["tenue_le"] if is_afterwards(subject, now) else now
