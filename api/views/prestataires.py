"""The directory of prestataires, one of them, and those who fit a dossier."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.listing import EmptyState, FilterBar
from api.views.sheets import Entry
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class PrestataireRow:
    """One prestataire: what it knows, where it goes, what a day costs; why it fits, or not."""

    url: str
    nom: str
    contact: str
    competences: str
    territoire: str
    tarif: int | None
    actif: bool = True
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrestatairesPage:
    """The directory, narrowed."""

    filters: FilterBar
    rows: tuple[PrestataireRow, ...]
    export_url: str
    csv_url: str
    back: Link
    new_url: str | None = None
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrestatairePage:
    """One prestataire: what is known of it, and how that changed."""

    nom: str
    actif: bool
    entries: tuple[Entry, ...]
    doubts: tuple[str, ...]
    timeline: Timeline
    back: Link
    edit_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsPage:
    """The prestataires that fit a dossier. `needs`: what the dossier asks for, in words."""

    reference: str
    titre: str
    needs: tuple[str, ...]
    rows: tuple[PrestataireRow, ...]
    few: bool
    back: Link
    empty: EmptyState | None = None
