"""The story of a dossier, from its journal, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from api.views.listing import Tab
from api.views.sheets import Entry
from api.views.stages import StageBadge

EntryKind = Literal[
    "ouverture", "mouvement", "fiche", "note", "courrier", "referent", "echeance", "lien", "autre"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line of the journal. `who` is « le système » for a move that nobody asked for.

    `title` says what happened (« Inscrit à un CTS », « Fiche projet modifiée »). `erased_on`
    is set when the content was erased since: only the fact remains. `corrected` marks a move
    that a later one took back.
    """

    at: datetime
    who: str
    title: str
    kind: EntryKind = "autre"
    role: str = ""
    origin: StageBadge | None = None
    destination: StageBadge | None = None
    reason: str = ""
    text: str = ""
    values: tuple[Entry, ...] = ()
    changes: tuple[Change, ...] = ()
    letters: tuple[str, ...] = ()
    corrected: bool = False
    erased_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The entries shown, the tabs that narrow them, and the address of the older ones."""

    entries: tuple[TimelineEntry, ...]
    tabs: tuple[Tab, ...] = ()
    older_url: str | None = None
