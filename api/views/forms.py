"""A page that is one form: what it asks, where it goes, and what came in the way."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.fields import FaultySummary, FieldGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form. `conflict` tells who changed the same thing meanwhile; what was typed is kept.

    `lock_version` is the version that was read, `idempotency_key` the same for a second click.
    """

    url: str
    groups: tuple[FieldGroup, ...]
    submit: str
    cancel_url: str | None = None
    idempotency_key: str = ""
    lock_version: int | None = None
    conflict: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(*self.groups)

    @property
    def asks(self) -> bool:
        """Whether an answer is owed, so that the star must be explained."""
        return any(field.required for group in self.groups for field in group.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The form, what it is about, and the way back."""

    title: str
    form: FormView
    back: Link
    lead: str = ""
