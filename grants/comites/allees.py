"""Who left a séance and came back: the times in between, when he neither counts nor sits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Gap = tuple[datetime, datetime]


def gaps_of(row: Mapping[str, Any]) -> tuple[Gap, ...]:
    """The times that a member spent outside, between his arrival and his departure."""
    return read_gaps(json.loads(row.get("absences") or "[]"))


def read_gaps(pairs: Iterable[Sequence[str]]) -> tuple[Gap, ...]:
    """As the journal and the minutes tell them → the instants."""
    return tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in pairs)


def dump_gaps(gaps: tuple[Gap, ...]) -> str:
    """As JSON, for the row that keeps them: instants in UTC."""
    return json.dumps([[left.isoformat(), back.isoformat()] for left, back in gaps])


def was_outside(row: Mapping[str, Any], at: datetime) -> bool:
    """Whether he had left, at that moment, and was not back yet."""
    return any(left <= at < back for left, back in gaps_of(row))


def time_outside(row: Mapping[str, Any]) -> timedelta:
    """How long all of it lasted."""
    return sum((back - left for left, back in gaps_of(row)), timedelta())


def since(row: Mapping[str, Any]) -> datetime:
    """When he came in last."""
    return max((row["arrivee"], *(back for _, back in gaps_of(row))))
