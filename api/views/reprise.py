"""Taking over a file: what was sent, what its columns are, what is wrong, what it added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.forms import FormView
from api.views.listing import Tab
from grants.reprise.plans import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class RepriseRow:
    """One file of the list."""

    nom: str
    url: str
    what: str
    state: str
    tone: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprisesPage:
    """The files taken over, the form to send another, and the models to fill in."""

    tabs: tuple[Tab, ...]
    form: FormView | None
    models: tuple[Link, ...]
    rows: tuple[RepriseRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """One column of the file: its letter, its title, its first values, what it brings."""

    letter: str
    title: str
    samples: tuple[str, ...]
    field: FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsView:
    """How the file is read. `error` is about all the columns together."""

    sheet_url: str
    sheet_field: FieldView
    header_field: FieldView
    url: str
    columns: tuple[ColumnView, ...]
    error: str = ""
    open: bool = True

    @property
    def left_out(self) -> int:
        """The columns that bring nothing."""
        return sum(not column.field.value for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultView:
    """One cell to mend."""

    place: str
    title: str
    value: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of something, in words."""

    number: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way from a file to fiches."""

    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprisePage:
    """One file, at the point where it is."""

    tabs: tuple[Tab, ...]
    back: Link
    nom: str
    what: str
    etat: str
    state: str
    steps: tuple[Step, ...]
    url: str
    message: str = ""
    by: str = ""
    at: datetime | None = None
    finished: datetime | None = None
    done: int = 0
    total: int = 0
    columns: ColumnsView | None = None
    lines: int = 0
    known: int = 0
    counts: tuple[Count, ...] = ()
    faults: tuple[FaultView, ...] = ()
    fault_count: int = 0
    faulty_lines: int = 0
    kept_faults: int = 0
    differences: tuple[Difference, ...] = ()
    difference_count: int = 0
    added: tuple[Link, ...] = ()
    may_write: bool = False
    may_undo: bool = False
    may_give_up: bool = False

    @property
    def is_working(self) -> bool:
        """Whether work goes on, so that the page is to be looked at again."""
        return self.etat in ("verification", "ecriture", "annulation")
