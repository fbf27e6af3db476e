"""A consultation of prestataires as the team sees it, and as one who is asked does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.forms import FormView
from api.views.prestataires import PrestataireRow
from api.views.prose import Prose
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """Somebody who is asked: what he answered so far, never what he offers."""

    nom: str
    contact: str
    email: str | None
    said: str
    tone: str
    url: str
    link_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The mark of a criterion, « 3,75 » or empty, and what the criterion weighs."""

    label: str
    value: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An opened offer in the grid."""

    nom: str
    url: str
    jours: str
    cout_ht: int
    cout_ttc: int
    marks: tuple[Mark, ...]
    total: str
    best: bool
    retenue: bool
    share: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationPage:
    """A consultation, from its preparation to the choice."""

    titre: str
    reference: str
    structure: str
    back: Link
    state: str
    tone: str
    lead: str
    key: str
    version: int
    url: str
    cahier: tuple[Prose, ...]
    echeance: datetime | None
    weights: tuple[tuple[str, int], ...]
    asked: tuple[AskedRow, ...]
    offers: tuple[OfferRow, ...]
    motif: str
    timeline: Timeline
    faults: tuple[str, ...] = ()
    edit_url: str | None = None
    ask_url: str | None = None
    ready: bool = False
    may_send: bool = False
    may_open: bool = False
    opens: str = ""
    choose_url: str | None = None
    postpone: FormView | None = None
    give_up: FormView | None = None
    again_url: str | None = None
    mission: Link | None = None
    others: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """A prestataire who may be asked, or not, and why; its `share` of the missions."""

    row: PrestataireRow
    id: int
    chosen: bool
    refused: str
    share: str
    past: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingPage:
    """Whom to ask, those who fit first."""

    title: str
    back: Link
    url: str
    version: int
    rows: tuple[Askable, ...]
    fewest: int
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage:
    """An opened offer, whole, and the form that marks it."""

    nom: str
    back: Link
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    cv: Link | None
    form: FormView | None
    marks: tuple[Mark, ...]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePage:
    """The grid, and the form of the choice."""

    title: str
    back: Link
    offers: tuple[OfferRow, ...]
    form: FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class MaConsultationPage:
    """What a prestataire sees: the cahier des charges, and his own offer."""

    organisme: str
    titre: str
    structure: str
    nom: str
    echeance: datetime
    late: bool
    opened: bool
    cahier: tuple[Prose, ...]
    received: datetime | None
    declined: datetime | None
    questions: tuple[FieldView, ...]
    cv: str | None
    cv_fault: str
    declining: FieldView | None
    url: str
    faulty: bool = False
    told: str = ""
