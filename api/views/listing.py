"""What the pages that show many dossiers share: tabs, filters, and what to say of nothing."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.fields import FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of several views of the same thing; `count` is shown when known."""

    label: str
    url: str
    present: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBar:
    """A GET form: what may be narrowed, what is, and the address without any filter.

    `fields` come in the order shown: a `recherche` first takes the room left. `keep` are the
    pairs that the form must send again unchanged (pipeline, sort order).
    """

    url: str
    fields: tuple[FieldView, ...]
    chips: tuple[Chip, ...] = ()
    reset_url: str | None = None
    keep: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyState:
    """Nothing to show: why, and what to do next."""

    title: str
    text: str
    icon: str = "dossier"
    action: Link | None = None
    other: Link | None = None
