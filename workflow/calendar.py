"""Working days, bank holidays, delays and sending hours: Paris clocks in, UTC out.

The bank holidays are computed here rather than by the `holidays` library, which costs 46 MB and
0.2 to 0.3 s at its first use and falls silent after 2100; the tests compare every territory with
it. They are those of today's law (the national ones have not moved since 2008).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from workflow.dates import from_paris, to_paris
from workflow.texts import InputFault

METROPOLE = "metropole"
OPENING = time(8)
CLOSING = time(19)
_SATURDAY = 5
_SUNDAY = 6
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Territoire:
    """Where an organisme works: the bank holidays it has beyond the national ones.

    `own` holds (month, day); `from_easter` counts days from Easter Sunday.
    """

    label: str
    own: tuple[tuple[int, int], ...] = ()
    from_easter: tuple[int, ...] = ()


class UnknownTerritoire(KeyError):
    """A territory that TERRITOIRES does not hold: a fault of code or of settings."""


_MI_CAREME, _GOOD_FRIDAY = -24, -2
_EASTER_MONDAY, _ASCENSION, _PENTECOST_MONDAY = 1, 39, 50
_NATIONAL = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_NATIONAL_FROM_EASTER = (_EASTER_MONDAY, _ASCENSION, _PENTECOST_MONDAY)
_SCHOELCHER = (7, 21)

TERRITOIRES: dict[str, Territoire] = {
    METROPOLE: Territoire("Métropole"),
    "alsace_moselle": Territoire("Alsace et Moselle", ((12, 26),), (_GOOD_FRIDAY,)),
    "guadeloupe": Territoire("Guadeloupe", ((5, 27), _SCHOELCHER), (_MI_CAREME, _GOOD_FRIDAY)),
    "martinique": Territoire("Martinique", ((5, 22), _SCHOELCHER)),
    "guyane": Territoire("Guyane", ((6, 10),)),
    "la_reunion": Territoire("La Réunion", ((12, 20),)),
    "mayotte": Territoire("Mayotte", ((4, 27),)),
    "saint_barthelemy": Territoire("Saint-Barthélemy", ((10, 9),)),
    "saint_martin": Territoire("Saint-Martin", ((5, 28), _SCHOELCHER)),
    "saint_pierre_et_miquelon": Territoire("Saint-Pierre-et-Miquelon"),
    "nouvelle_caledonie": Territoire("Nouvelle-Calédonie", ((9, 24),)),
    "polynesie_francaise": Territoire("Polynésie française", ((3, 5), (11, 20)), (_GOOD_FRIDAY,)),
    "wallis_et_futuna": Territoire("Wallis-et-Futuna", ((4, 28), (6, 29), (7, 29))),
}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's algorithm)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, lag = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * lag + 2 * (of_century // 4) - moon - of_century % 4) % 7
    shift = moon + week - 7 * ((golden + 11 * moon + 22 * week) // 451) + 114
    return date(year, shift // 31, shift % 31 + 1)


@lru_cache(maxsize=512)
def bank_holidays(year: int, territoire: str = METROPOLE) -> frozenset[date]:
    """The bank holidays of a year. Raises UnknownTerritoire."""
    place = TERRITOIRES.get(territoire)
    if place is None:
        raise UnknownTerritoire(territoire)
    sunday = easter(year)
    fixed = {date(year, month, day) for month, day in _NATIONAL + place.own}
    moving = {sunday + timedelta(days=n) for n in _NATIONAL_FROM_EASTER + place.from_easter}
    return frozenset(fixed | moving)


@lru_cache(maxsize=512)
def _working_ordinals(year: int, territoire: str) -> tuple[int, ...]:
    """The working days of a year, sorted, so that counting days is a search and not a walk."""
    closed = {day.toordinal() for day in bank_holidays(year, territoire)}
    first, after = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
    # Ordinal 1 is a Monday.
    weekdays = (n for n in range(first, after) if (n - 1) % 7 < _SATURDAY)
    return tuple(n for n in weekdays if n not in closed)


def is_working_day(day: date, territoire: str = METROPOLE) -> bool:
    """Whether it is a Monday to Friday that is not a bank holiday."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year, territoire)


def add_working_days(day: date, n: int, territoire: str = METROPOLE) -> date:
    """The n-th working day after `day`, or before it for a negative n; `day` itself for 0.

    `day` need not be a working day, and is never counted.
    """
    if n == 0:
        return day
    year, ordinal = day.year, day.toordinal()
    open_days = _working_ordinals(year, territoire)
    if n > 0:
        index = bisect_right(open_days, ordinal) + n - 1
        while index >= len(open_days):
            index, year = index - len(open_days), year + 1
            open_days = _working_ordinals(year, territoire)
    else:
        index = bisect_left(open_days, ordinal) + n
        while index < 0:
            year -= 1
            open_days = _working_ordinals(year, territoire)
            index += len(open_days)
    return date.fromordinal(open_days[index])


def previous_working_day_on_or_before(day: date, territoire: str = METROPOLE) -> date:
    """`day` when it is a working day, else the last one before it."""
    return day if is_working_day(day, territoire) else add_working_days(day, -1, territoire)


def next_working_day_on_or_after(day: date, territoire: str = METROPOLE) -> date:
    """`day` when it is a working day, else the first one after it."""
    return day if is_working_day(day, territoire) else add_working_days(day, 1, territoire)


class DelayFault(InputFault):
    """Écrivez un délai comme « 15 jours ouvrés », « -2 jours ouvrés » ou « 30 jours »."""


class DelayTooLong(DelayFault):
    """Ce délai est trop long. Écrivez 3 660 jours (dix ans) au plus."""


LONGEST_DELAY = 3660
_SPACE = "[ \u00a0\u202f]"
_DELAY = re.compile(
    rf"(?P<sign>[+\-\u2212]?){_SPACE}?(?P<days>[0-9]{{1,9}}){_SPACE}+"
    rf"jours?(?P<working>{_SPACE}+ouvrés?)?"
)


@dataclass(frozen=True, slots=True)
class Delay:
    """A number of days, negative before the event; working days (« ouvrés ») or calendar ones."""

    days: int
    working: bool = False

    @classmethod
    def parse(cls, text: str) -> Delay:
        """« 15 jours ouvrés », « -2 jours ouvrés », « 30 jours », « 1 jour ». Raises DelayFault.

        « jours ouvrables » (Monday to Saturday) is refused rather than taken for « ouvrés ».
        """
        match = _DELAY.fullmatch(text.strip())
        if match is None:
            raise DelayFault
        days = int(match["days"])
        if days > LONGEST_DELAY:
            raise DelayTooLong
        return cls(days if match["sign"] in ("", "+") else -days, match["working"] is not None)

    def from_day(self, day: date, territoire: str = METROPOLE) -> date:
        """The working day that this delay reaches from the day of an event.

        A date before the event is rounded to the working day before, a date on it or after it to
        the working day after (règle [P]).
        """
        reached = (
            add_working_days(day, self.days, territoire)
            if self.working
            else day + timedelta(days=self.days)
        )
        if self.days < 0:
            return previous_working_day_on_or_before(reached, territoire)
        return next_working_day_on_or_after(reached, territoire)

    def __str__(self) -> str:
        """« −2 jours ouvrés »: what `parse` reads."""
        sign = "\u2212" if self.days < 0 else ""
        plural = "s" if abs(self.days) > 1 else ""
        return f"{sign}{abs(self.days)} jour{plural}" + (f" ouvré{plural}" * self.working)


def sending_moment(
    day: date, hour: int = 9, minute: int = 0, *, territoire: str = METROPOLE
) -> datetime:
    """When a reminder meant for that day and Paris hour leaves, in UTC: see `next_opening`."""
    return _opening(datetime.combine(day, time(hour, minute)), territoire)


def next_opening(moment: datetime, territoire: str = METROPOLE) -> datetime:
    """The first moment from `moment` on when a reminder may leave, in UTC.

    Between 8:00 and 19:00 in Paris, never on a Sunday or a bank holiday. An allowed moment is
    given back as it is, so `next_opening(now) == now` says whether reminders may leave now.
    """
    return _opening(to_paris(moment).replace(tzinfo=None, fold=0), territoire)


def usual_moment(moment: datetime, territoire: str = METROPOLE) -> datetime:
    """When a reminder that cannot leave before `moment` does: at the usual hour, with the others.

    `moment` must be out of the sending hours, or the beginning of a day.
    """
    day = to_paris(next_opening(moment, territoire)).date()
    return sending_moment(day, territoire=territoire)


def _opening(wall: datetime, territoire: str) -> datetime:
    day, clock = wall.date(), wall.time()
    if clock > CLOSING:
        day, clock = day + _ONE_DAY, OPENING
    while day.weekday() == _SUNDAY or day in bank_holidays(day.year, territoire):
        day, clock = day + _ONE_DAY, OPENING
    # The clocks change between 2:00 and 3:00: an opening hour is never doubled nor missing.
    return from_paris(datetime.combine(day, max(clock, OPENING)))
