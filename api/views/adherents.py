"""The members of the association, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.views.chrome import Link
from api.views.dossier import SmallForm
from api.views.listing import EmptyState, FilterBar
from api.views.sheets import Entry
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherentRow:
    """One member; `reste` is what is still to come of the fee of the year, None: not noted."""

    url: str
    nom: str
    detail: str
    depuis: str
    due: int | None
    payee: int | None
    owes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherentsPage:
    """The members, narrowed, with the fees of `year`."""

    filters: FilterBar
    year: int
    rows: tuple[AdherentRow, ...]
    iae: int
    reste: int
    export_url: str
    csv_url: str
    back: Link
    new_url: str | None = None
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRow:
    """The fee of a year."""

    annee: int
    due: int
    payee: int
    payee_le: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherentPage:
    """One member: what is known of it, its fees, and how that changed."""

    nom: str
    entries: tuple[Entry, ...]
    fees: tuple[FeeRow, ...]
    timeline: Timeline
    back: Link
    edit_url: str | None = None
    form: SmallForm | None = None
