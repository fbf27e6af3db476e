"""The board: the stages of one pipeline as columns, its dossiers as cards."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.listing import EmptyState, FilterBar, Tab
from api.views.stages import Avatar, Outcome, PhaseTone


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One dossier on the board. `late` is the sentence that says why it is late, if it is."""

    url: str
    reference: str
    structure: str
    titre: str
    days: int
    montant: int | None = None
    lieu: str = ""
    referent: Avatar | None = None
    late: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stage. `total` is in cents; `list_url` opens the list of all its dossiers.

    `amount_label` says what is summed: « demandés », « accordés ».

    On a phone one column is shown at a time: `selected` is the one, `select_url` shows this one.
    """

    key: str
    label: str
    count: int
    total: int
    list_url: str
    select_url: str
    amount_label: str = "demandés"
    cards: tuple[Card, ...] = ()
    hint: str = ""
    selected: bool = False

    @property
    def more(self) -> int:
        """How many dossiers the column holds beyond the cards shown."""
        return max(0, self.count - len(self.cards))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseGroup:
    """Stages that belong together, under one heading and one colour."""

    label: str
    tone: PhaseTone
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A final stage: counted, never spread out."""

    label: str
    count: int
    total: int
    list_url: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TableauPage:
    """The board of one pipeline. `count` and `total` leave out what has ended.

    `total` is None for a pipeline that is asked for no money.
    """

    pipeline: str
    tabs: tuple[Tab, ...]
    filters: FilterBar
    phases: tuple[PhaseGroup, ...]
    endings: tuple[Ending, ...]
    count: int
    total: int | None
    late_count: int = 0
    late_url: str | None = None
    list_url: str = "/liste"
    diagram_url: str | None = None
    empty: EmptyState | None = None
