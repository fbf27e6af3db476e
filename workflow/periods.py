"""How long something stays good, from its own date: « 12 mois », « 2 ans », « 90 jours »."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from workflow.texts import InputFault

LONGEST_MONTHS = 1200
LONGEST_DAYS = 36_600
_MONTHS_IN_A_YEAR = 12
_SPACE = "[ \u00a0\u202f]"
_PERIOD = re.compile(rf"(?P<count>[0-9]{{1,6}}){_SPACE}+(?P<unit>jours?|mois|ans?)")


class PeriodFault(InputFault):
    """Écrivez une durée comme « 12 mois », « 2 ans » ou « 90 jours »."""


class PeriodTooLong(PeriodFault):
    """Cette durée est trop longue. Écrivez cent ans au plus."""


class EmptyPeriod(PeriodFault):
    """Cette durée est nulle. Écrivez au moins un jour."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, or days: « 2 ans » is 24 months."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """« 12 mois », « 1 an », « 90 jours ». Raises PeriodFault."""
        match = _PERIOD.fullmatch(text.strip())
        if match is None:
            raise PeriodFault
        count, unit = int(match["count"]), match["unit"]
        if not count:
            raise EmptyPeriod
        if unit.startswith("jour"):
            found = cls(days=count)
        else:
            found = cls(months=count if unit == "mois" else count * _MONTHS_IN_A_YEAR)
        if found.months > LONGEST_MONTHS or found.days > LONGEST_DAYS:
            raise PeriodTooLong
        return found

    def last_day(self, start: date) -> date:
        """The last day on which what is dated `start` is still good.

        A month runs to the same number of the month it reaches, or to that month's last day.
        """
        if self.days:
            return start + min(timedelta(self.days), date.max - start)
        year, month = divmod(start.month - 1 + self.months, _MONTHS_IN_A_YEAR)
        year += start.year
        if year > MAXYEAR:
            return date.max
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))

    def __str__(self) -> str:
        """« 12 mois »: what `parse` reads."""
        if self.days:
            return f"{self.days} jour" + "s" * (self.days > 1)
        years, months = divmod(self.months, _MONTHS_IN_A_YEAR)
        if months or years == 1:
            return f"{self.months} mois"
        return f"{years} ans"
