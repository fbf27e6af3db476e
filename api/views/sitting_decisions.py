"""The decisions of a séance, and what they leave to grant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.fields import FieldView
from api.views.sitting import AgendaLine, Mark, SittingHead
from api.views.stages import StageBadge
from grants.comites.mots import Mots


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveLine:
    """A condition of the decision. `lift` asks how it is met."""

    texte: str
    lifted: str = ""
    url: str | None = None
    motif: FieldView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What was decided of a dossier, or advised."""

    mots: Mots
    mark: Mark
    montant: int | None
    motif: str
    who: str
    at: datetime
    applied_at: datetime | None = None
    departs: str = ""
    reserves: tuple[ReserveLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeView:
    """Where the enveloppe of a dispositif stands for a year, in cents."""

    label: str
    disponible: int | None
    engage: int
    paye: int
    reste: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one decision that was applied."""

    reference: str
    titre: str
    url: str
    done: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """One dossier among the decisions: the votes, what is proposed, what was decided."""

    line: AgendaLine
    proposed: str = ""
    decision: DecisionView | None = None
    confirm_url: str | None = None
    confirmed: tuple[tuple[str, str], ...] = ()
    apply_url: str | None = None
    stage: StageBadge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    """Every decision of a séance, what it leaves of the enveloppes, and their application."""

    head: SittingHead
    lines: tuple[DecisionLine, ...]
    envelopes: tuple[EnvelopeView, ...]
    waiting: int
    apply_url: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    granted: int = 0
    envelopes_url: str = ""
