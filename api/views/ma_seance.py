"""The page of a member of a comité: what he reads, whether he comes, what he votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from api.views.chrome import Link
from api.views.fields import Choice, FieldView

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceView:
    """Whether the member comes: what is noted, and what he may say himself."""

    url: str
    said: str
    tone: Tone
    answers: tuple[Choice, ...]
    proxies: FieldView | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaSeancePage:
    """The séance, its agenda and the votes of one member. `seen` tells one sight from another."""

    organisme: str
    title: str
    at: datetime
    lieu: str
    visio: str | None
    stage: str
    nom: str
    capacity: str
    rules: tuple[str, ...]
    presence: PresenceView
    entries: tuple[EntryView, ...]
    voted: int
    to_vote: int
    waiting: int
    url: str
    look_url: str
    seen: str
    leave_url: str
    chair: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LecturePage:
    """The two pages on a dossier, read one after the other: `number` out of `last`."""

    organisme: str
    title: str
    back: Link
    entry: EntryView
    number: int
    last: int
    total: int
    previous: Link | None
    following: Link | None
    told: Mapping[str, Any] | None
