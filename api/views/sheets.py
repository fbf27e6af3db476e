"""A fiche: labelled values, which swap into a form where they may be changed."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.drafts import DraftView
from api.views.fields import FaultySummary, FieldGroup, FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A label and its value, already written. `missing` marks a required value not given yet."""

    label: str
    value: str = ""
    url: str | None = None
    missing: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetForm:
    """The fiche being changed. `lock_version` is the version that the person was reading.

    `idempotency_key` names this very form, so that sending it twice does it once.
    """

    url: str
    cancel_url: str
    fields: tuple[FieldView, ...]
    lock_version: int
    idempotency_key: str
    draft: DraftView | None = None

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(FieldGroup(fields=self.fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """A titled fiche. `edit_url` gives the page with this fiche as a form.

    `editable_by` says who may change it at this stage, when it is not the reader. `draft` is
    what the reader typed there and did not save.
    """

    key: str
    title: str
    entries: tuple[Entry, ...] = ()
    help: str = ""
    edit_url: str | None = None
    editable_by: str = ""
    form: SheetForm | None = None
    draft: DraftView | None = None

    @property
    def anchor(self) -> str:
        """The id of the fiche on the page."""
        return f"fiche-{self.key}"

    @property
    def missing(self) -> int:
        """How many required values are not given yet."""
        return sum(entry.missing for entry in self.entries)
