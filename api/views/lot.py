"""A lot: the dossiers chosen on the list, what may be done with them, what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.views.actions import LetterNotice
from api.views.chrome import Link
from api.views.fields import FaultySummary, FieldGroup, FieldView
from api.views.listing import Tab
from api.views.stages import StageBadge

Outcome = Literal["attente", "possible", "impossible", "fait", "deja", "refuse", "annule", "garde"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotGroup:
    """Dossiers of the lot that stand on the same stage."""

    pipeline: str
    stage: StageBadge
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAction:
    """An action offered to the lot: how many of its dossiers are at a stage that has it."""

    label: str
    url: str
    count: int
    tone: str = "avance"
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotForm:
    """The form of the action chosen: its questions, asked once for every dossier."""

    label: str
    url: str
    fields: tuple[FieldView, ...]
    letters: tuple[LetterNotice, ...] = ()
    help: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(FieldGroup(fields=self.fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """One dossier of the lot, with its outcome and every reason for it."""

    url: str
    reference: str
    structure: str
    titre: str
    stage: StageBadge
    outcome: Outcome
    outcome_label: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReason:
    """A sentence, and how many dossiers it is said of."""

    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleForm:
    """One question that is enough to act on every dossier."""

    title: str
    url: str
    field: FieldView
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPage:
    """A lot. `progress` is the share done, in hundredths, while it works: `go_on_url` goes on.

    `rows` are a page of its dossiers, in the outcome that `tabs` shows.
    """

    title: str
    lead: str
    count: int
    state: str
    at: datetime
    back: Link
    groups: tuple[LotGroup, ...] = ()
    simple: tuple[SimpleForm, ...] = ()
    actions: tuple[LotAction, ...] = ()
    form: LotForm | None = None
    progress: int | None = None
    done: int = 0
    go_on_url: str = ""
    execute_url: str = ""
    execute_label: str = ""
    again_url: str = ""
    again_key: str = ""
    again_count: int = 0
    reasons: tuple[LotReason, ...] = ()
    tabs: tuple[Tab, ...] = ()
    rows: tuple[LotRow, ...] = ()
    next_url: str | None = None
