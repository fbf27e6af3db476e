"""The time spent on structures: the line that notes it, a week, the list, one of them as a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.views.chrome import Link
from api.views.fields import FaultySummary, FieldView
from api.views.forms import FormView
from api.views.liste import Paging
from api.views.listing import EmptyState, FilterBar, Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickLine:
    """The line that notes an intervention; `more` are the questions that most leave empty."""

    url: str
    fields: tuple[FieldView, ...]
    more: tuple[FieldView, ...]
    idempotency_key: str
    faults: FaultySummary
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionLine:
    """One intervention. `about` is the structure, else the dossier."""

    about: str
    nature: str
    dispositif: str
    le: date
    duree: str
    km: int
    qui: str
    about_url: str | None = None
    dossier: Link | None = None
    note: str = ""
    edit_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalView:
    """Hours and kilometres, added up."""

    nombre: int
    duree: str
    km: int
    structures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A day of the week and what was done then."""

    label: str
    lines: tuple[InterventionLine, ...]
    duree: str
    km: int
    today: bool = False
    add_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage:
    """Somebody's week. `colleagues` chooses whose."""

    tabs: tuple[Tab, ...]
    title: str
    days: tuple[DayView, ...]
    total: TotalView
    previous_url: str
    next_url: str | None
    this_week_url: str | None
    colleagues: FieldView
    monday: date
    quick: QuickLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionsPage:
    """The list, latest first, and what it comes to."""

    tabs: tuple[Tab, ...]
    filters: FilterBar
    lines: tuple[InterventionLine, ...]
    total: TotalView
    paging: Paging
    exports: tuple[Link, ...]
    empty: EmptyState | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionPage:
    """One intervention as a form; `told` says whose it is."""

    title: str
    told: str
    form: FormView
    back: Link
    remove_url: str
    version: int
