"""One dossier at its séance, and who steps aside on it."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.forms import FormView
from api.views.sheets import Entry
from api.views.sitting import AgendaLine, CountView, SittingHead
from api.views.sitting_decisions import DecisionView, EnvelopeView
from api.views.sitting_votes import VoiceLine, VotesForm


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideLine:
    """A member who stepped aside, or who might have to."""

    nom: str
    why: str
    url: str | None = None
    membre_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPage:
    """One dossier at its séance: its room, its votes, its decision."""

    head: SittingHead
    line: AgendaLine
    facts: tuple[Entry, ...]
    note: tuple[Entry, ...]
    count: CountView | None
    voices: tuple[VoiceLine, ...]
    aside: tuple[AsideLine, ...]
    hinted: tuple[AsideLine, ...]
    state: str
    previous: Link | None = None
    next: Link | None = None
    votes: VotesForm | None = None
    why_no_votes: str = ""
    open_url: str | None = None
    close_url: str | None = None
    awaited: tuple[str, ...] = ()
    aside_form: FormView | None = None
    decision: DecisionView | None = None
    decision_form: FormView | None = None
    envelope: EnvelopeView | None = None
    ballots: tuple[Entry, ...] = ()
    papers: tuple[Link, ...] = ()
