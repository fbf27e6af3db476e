"""Letters' texts on screen: their list, and one of them being edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.listing import Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One letter: its text is the original, or the organisme's own."""

    title: str
    url: str
    release: str
    way: str
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGroup:
    """The letters of a dispositif."""

    title: str
    rows: tuple[ModelRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsPage:
    """Every letter, by dispositif."""

    tabs: tuple[Tab, ...]
    groups: tuple[ModelGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableRow:
    """A value that the letter may use: what to write, what it is, what it gives."""

    written: str
    description: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line beside the original: kept, added or taken away."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of the letter: who wrote it, when; without text, a return to the original."""

    number: int
    author: str
    at: datetime
    original: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """One letter being edited. `seen` is the version that was on screen."""

    tabs: tuple[Tab, ...]
    back: Link
    title: str
    lead: str
    url: str
    preview_url: str
    pdf_url: str
    restore_url: str | None
    subject: FieldView
    body: FieldView
    reference: FieldView
    seen: int
    variables: tuple[VariableRow, ...]
    diff: tuple[DiffLine, ...]
    versions: tuple[VersionRow, ...]
    conflict: str = ""
    may_edit: bool = True
