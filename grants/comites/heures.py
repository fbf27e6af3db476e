"""How long people sat: what the attendance sheet adds up, and what a report counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from grants.comites.assemblee import PRESENT


def time_of(row: Mapping[str, Any] | None, end: datetime | None = None) -> timedelta | None:
    """How long a member sat, from arrival to departure; None where nothing of it is known yet.

    `end`: when the séance was closed, for whoever nobody saw leave.
    """
    if row is None or row["etat"] != PRESENT or row["arrivee"] is None:
        return None
    left = row["depart"] or end
    return None if left is None else left - row["arrivee"]


def time_of_all(rows: Iterable[Mapping[str, Any] | None], end: datetime | None = None) -> timedelta:
    """The hours of everybody together."""
    known = (time_of(row, end) for row in rows)
    return sum((each for each in known if each is not None), timedelta())
