"""The first and the last page of a séance: its agenda, its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.views.actions import ActionsOnOffer, ActionView
from api.views.chrome import Link
from api.views.dossier import EcheanceLine, PathStep
from api.views.forms import FormView
from api.views.sheets import Entry
from api.views.sitting import AgendaLine, SittingHead
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaPage(ActionsOnOffer):
    """What may be done with a séance, and what it hears, in order."""

    head: SittingHead
    path: tuple[PathStep, ...]
    actions: tuple[ActionView, ...]
    lines: tuple[AgendaLine, ...]
    timeline: Timeline
    takes: str
    until: date
    order_url: str | None = None
    rules: tuple[Entry, ...] = ()
    comite: Link | None = None
    total: int = 0
    ends: datetime | None = None
    papers: tuple[Link, ...] = ()
    echeances: tuple[EcheanceLine, ...] = ()
    reminders_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesDossier:
    """One dossier in the minutes."""

    title: str
    facts: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesPage:
    """The minutes as they stand: the remarks to write, the validation, then the frozen text."""

    head: SittingHead
    ready: bool
    members: tuple[Entry, ...]
    dossiers: tuple[MinutesDossier, ...]
    remarks: str
    form: FormView | None = None
    validate: ActionView | None = None
    frozen: tuple[Entry, ...] = ()
    links: tuple[Link, ...] = ()
