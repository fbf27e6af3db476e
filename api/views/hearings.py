"""One dossier of a séance as a member sees it: its ballots, his déport, his own note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.views.fields import FieldView

Tone = Literal["vert", "ocre", "brique", "pierre", "bleu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceButton:
    """One answer of a ballot, given by one tap. `asks` is the control that it needs filled."""

    key: str
    label: str
    pressed: bool
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotView:
    """One voice on one dossier. `refusal`: why it cannot be used; `said`: what was voted.

    `open`: what goes with the choice (amount, réserves, comment) is in sight.
    """

    id: str
    url: str
    voice: int
    version: int
    proxy_of: str = ""
    refusal: str = ""
    said: str = ""
    fault: str = ""
    choices: tuple[ChoiceButton, ...] = ()
    extras: tuple[FieldView, ...] = ()
    open: bool = False
    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideView:
    """Stepping aside on a dossier. `declared`: he has; `suggestion`: the link that is seen."""

    url: str
    undo_url: str
    declared: bool = False
    motif: str = ""
    suggestion: str = ""
    may_change: bool = True
    field: FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What the member writes for himself alone."""

    url: str
    field: FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """How the vote on a dossier ended: the count, then the decision."""

    count: str
    decision: str = ""
    tone: Tone = "pierre"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One dossier of the agenda, as this member sees it. Aside, nothing of its debate is there."""

    id: int
    rank: int
    at: datetime
    minutes: int
    reference: str
    titre: str
    structure: str
    demande: int | None
    plafond: int | None
    state: str
    tone: Tone
    is_open: bool
    read_url: str | None
    aside: AsideView
    note: NoteView | None
    ballots: tuple[BallotView, ...]
    outcome: OutcomeView | None = None
