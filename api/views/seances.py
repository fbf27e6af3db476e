"""The list of séances: those to come, and those held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from api.views.listing import EmptyState
from api.views.stages import StageBadge

Inscriptions = Literal["ouvertes", "bientot", "closes", "tenue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeanceRow:
    """One séance on the list. `inscriptions` says whether a dossier may still be inscribed.

    `stage`: where it stands, once it takes none.
    """

    url: str
    comite: str
    tenue_le: datetime
    cloture: date
    inscriptions: Inscriptions
    lieu: str = ""
    inscrits: int = 0
    stage: StageBadge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeancesPage:
    """The séances to come, soonest first; those held, latest first."""

    a_venir: tuple[SeanceRow, ...]
    tenues: tuple[SeanceRow, ...]
    new_url: str | None = None
    empty: EmptyState | None = None
