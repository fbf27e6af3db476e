"""The list: every dossier that the filters keep, one a line, in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from api.views.listing import EmptyState, FilterBar, Tab
from api.views.stages import StageBadge

Direction = Literal["ascending", "descending", "none"]
CellKind = Literal["etape", "depuis", "retard", "referent", "montant", "date", "texte"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A column heading. `url` sorts by it, or the other way when it already does."""

    label: str
    url: str | None = None
    direction: Direction = "none"
    numeric: bool = False


class Cell(NamedTuple):
    """What one column tells of a dossier, under its heading where a phone has no columns.

    `value` is what the kind draws: a badge, a name, cents, a day, a number of days, a text; None
    where there is nothing to tell, which a phone leaves out. `told` says more of it: why a
    dossier is late. A list holds hundreds: hence a tuple, that the page takes apart.
    """

    kind: CellKind
    key: str
    label: str
    value: StageBadge | str | int | date | None
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    """An étiquette, and the list of the dossiers that bear it."""

    label: str
    url: str


class Row(NamedTuple):
    """One dossier on the list."""

    id: int
    url: str
    reference: str
    structure: str
    titre: str
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
