"""The list: every dossier that the filters keep, one a line, in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from api.views.listing import EmptyState, FilterBar, Tab
from api.views.stages import Avatar, StageBadge

Direction = Literal["ascending", "descending", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A column heading. `url` sorts by it, or the other way when it already does."""

    label: str
    url: str | None = None
    direction: Direction = "none"
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dossier on the list; `since` is the date of entry into its present stage."""

    url: str
    reference: str
    structure: str
    titre: str
    stage: StageBadge
    since: date
    days: int
    lieu: str = ""
    referent: Avatar | None = None
    montant_demande: int | None = None
    montant_accorde: int | None = None
    late: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Keyset paging: the addresses of the neighbouring pages, where there are any."""

    previous_url: str | None = None
    next_url: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListePage:
    """The list. `headers` are seven, in the order of the row: dossier, étape, lieu, référent,
    demandé, accordé, depuis."""

    tabs: tuple[Tab, ...]
    filters: FilterBar
    headers: tuple[Header, ...]
    rows: tuple[Row, ...]
    paging: Paging
    count: int
    total_demande: int
    total_accorde: int
    export_url: str | None = None
    empty: EmptyState | None = None
