"""The saved views of the list: all of them, and the form that keeps one."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.fields import FaultySummary, FieldGroup, FieldView
from api.views.listing import EmptyState


@dataclass(frozen=True, slots=True, kw_only=True)
class VueLine:
    """A saved view. Whoever may change it finds its forms under the addresses."""

    nom: str
    url: str
    tells: str
    first: bool
    first_url: str
    rename_url: str = ""
    delete_url: str = ""
    replace_url: str = ""
    name: FieldView | None = None
    shared: FieldView | None = None
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VuesPage:
    """Every view that this person may open."""

    lines: tuple[VueLine, ...]
    back: Link
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVuePage:
    """What the view holds, its name, and the view that it may replace."""

    url: str
    requete: str
    colonnes: str
    tells: tuple[str, ...]
    fields: tuple[FieldView, ...]
    back: Link
    replaced: VueLine | None = None

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(FieldGroup(fields=self.fields))
