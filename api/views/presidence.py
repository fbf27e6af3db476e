"""The page of the member who presides: votes opened and closed, decisions, the séance's end."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.hearings import OutcomeView, Tone
from api.views.sitting_decisions import EnvelopeView
from grants.comites.mots import Mots


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """One dossier. `gesture`: what may be done with its vote; `awaited`: whom closing leaves out.

    `fields`: what goes with the decision that the vote proposes; `others`: what it takes to
    decide otherwise, in sight when `open`.
    """

    id: int
    rank: int
    structure: str
    titre: str
    demande: int | None
    state: str
    tone: Tone
    aside: bool
    tally: str
    gesture: Link | None
    gesture_key: str
    awaited: tuple[str, ...]
    proposal: str
    outcome: OutcomeView | None
    decide_url: str
    fields: tuple[FieldView, ...] = ()
    others: tuple[FieldView, ...] = ()
    open: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """Something that whoever presides does with the séance itself."""

    key: str
    label: str
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PresidencePage:
    """The séance under its president. `seen` tells one sight from another."""

    organisme: str
    title: str
    stage: str
    mots: Mots
    envelopes: tuple[EnvelopeView, ...]
    back: Link
    url: str
    move_url: str
    moves: tuple[MoveView, ...]
    draft_url: str | None
    look_url: str
    seen: str
    rulings: tuple[RulingView, ...]
    total: int
    decided: int
    closed: int
