"""How long people sat: what the attendance sheet adds up, and what a report counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from grants.comites.allees import time_outside
from grants.comites.assemblee import PRESENT
from workflow.money import NO_BREAK_SPACE


def time_of(row: Mapping[str, Any] | None, end: datetime | None = None) -> timedelta | None:
    """How long a member sat, from arrival to departure, what he spent outside taken off.

    None where nothing of it is known yet.

    `end`: when the séance was closed, for whoever nobody saw leave.
    """
    if row is None or row["etat"] != PRESENT or row["arrivee"] is None:
        return None
    left = row["depart"] or end
    return None if left is None else left - row["arrivee"] - time_outside(row)


def time_of_all(rows: Iterable[Mapping[str, Any] | None], end: datetime | None = None) -> timedelta:
    """The hours of everybody together."""
    known = (time_of(row, end) for row in rows)
    return sum((each for each in known if each is not None), timedelta())


def lasting(span: timedelta) -> str:
    """« 2 h 05 », « 45 min »; a minute begun counts for one when most of it has gone."""
    minutes = round(span.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK_SPACE}min"
    return f"{hours}{NO_BREAK_SPACE}h" + (f"{NO_BREAK_SPACE}{rest:02}" if rest else "")
