"""The days that the address of a list says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from workflow.dates import DateFault, from_paris, parse_date


def day_asked(query: Mapping[str, str], name: str, faults: dict[str, str]) -> date | None:
    """One day of an address; what is wrong with it goes among the faults."""
    try:
        return parse_date(query[name]) if name in query else None
    except DateFault as fault:
        faults[name] = str(fault)
        return None


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Paris."""
    return from_paris(datetime.combine(day, time()))
