"""The list: every dossier that the filters keep, one a line, in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from api.views.listing import EmptyState, FilterBar, Tab
from api.views.stages import Avatar, StageBadge

Direction = Literal["ascending", "descending", "none"]
CellKind = Literal["etape", "depuis", "referent", "montant", "date", "texte"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A column heading. `url` sorts by it, or the other way when it already does."""

    label: str
    url: str | None = None
    direction: Direction = "none"
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one column tells of a dossier, under its heading where a phone has no columns."""

    key: str
    label: str
    kind: CellKind
    text: str = ""
    amount: int | None = None
    day: date | None = None

    @property
    def none(self) -> bool:
        """Whether there is nothing to tell: a phone leaves the line out."""
        return self.kind != "etape" and not self.text and self.amount is None and self.day is None

    @property
    def numeric(self) -> bool:
        """Whether it is set to the right."""
        return self.kind in ("montant", "date", "depuis")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    """An étiquette, and the list of the dossiers that bear it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dossier on the list; `since` is the date of entry into its present stage."""

    id: int
    url: str
    reference: str
    structure: str
    titre: str
    stage: StageBadge
    since: date
    days: int
    referent: Avatar | None = None
    late: str = ""
    cells: tuple[Cell, ...] = ()
    tags: tuple[TagView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Keyset paging: the addresses of the neighbouring pages, where there are any."""

    previous_url: str | None = None
    next_url: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VueMenu:
    """The saved views at hand. `name` is the one in force, `changed` once its filters are not."""

    vues: tuple[Tab, ...]
    manage_url: str
    save_url: str
    columns_url: str
    name: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One way to take the list away as a file."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Choosing dossiers to act on them all: where, and what « all that is filtered » is.

    `scope` tells the lists apart: what is ticked on one is kept while paging through it.
    """

    url: str
    key: str
    requete: str
    scope: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListePage:
    """The list. The cells of each row are in the order of `headers`, after the dossier's own."""

    tabs: tuple[Tab, ...]
    filters: FilterBar
    headers: tuple[Header, ...]
    rows: tuple[Row, ...]
    paging: Paging
    count: int
    total_demande: int | None
    total_accorde: int | None
    menu: VueMenu
    exports: tuple[Export, ...] = ()
    selection: Selection | None = None
    notices: tuple[str, ...] = ()
    empty: EmptyState | None = None
