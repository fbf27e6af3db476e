"""The agenda on screen: a month as a table, the same as a list, and one's personal link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.views.chrome import Link
from api.views.listing import EmptyState, FilterBar, Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One thing of a day. `hour` is empty for what is for the day; `url` leads to it.

    `held`: a reminder that waits until it is resumed; `resume_url` is where, for who may.
    """

    kind: str
    icon: str
    tone: str
    hour: str
    label: str
    url: str = ""
    about: str = ""
    place: str = ""
    who: str = ""
    held: bool = False
    resume_url: str = ""
    version: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaDay:
    """One day. `outside`: of the month before or after; `closed`: a Sunday or a bank holiday."""

    day: date
    items: tuple[AgendaItem, ...] = ()
    outside: bool = False
    today: bool = False
    closed: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """One's personal link. `url` is there once, when it was just made."""

    make_url: str
    end_url: str
    portees: tuple[tuple[str, str], ...]
    portee: str = ""
    since: datetime | None = None
    seen: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaPage:
    """A month: `weeks` where it is drawn as a table, `days` where it is a list.

    `held_before`: the month before it where the latest reminder that still waits was to leave.
    """

    title: str
    tabs: tuple[Tab, ...]
    views: tuple[Tab, ...]
    filters: FilterBar
    before: Link
    after: Link
    this_month: Link | None
    feed: FeedView
    here: str
    weeks: tuple[tuple[AgendaDay, ...], ...] = ()
    days: tuple[AgendaDay, ...] = ()
    more_url: str | None = None
    held_before: Link | None = None
    empty: EmptyState | None = None
