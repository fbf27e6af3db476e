"""Periods, as figures are counted over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement

from workflow.dates import from_paris


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


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time.min)).astimezone(UTC)
