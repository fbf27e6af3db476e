"""How the program is, for the direction: the clock, what waits, what failed, how letters leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.listing import Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class TickRow:
    """One thing that the clock does. `fault` is what went wrong the last time."""

    label: str
    every: str
    at: datetime | None
    state: str
    tone: str
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One message as it was written in the folder."""

    name: str
    at: datetime
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SantePage:
    """Sentences first, then the details."""

    tabs: tuple[Tab, ...]
    state: str
    tone: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    ticks: tuple[TickRow, ...]
    transport: str
    folder: tuple[MailRow, ...] = ()
