"""A mission: what was ordered, the days given, the invoices, how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.views.chrome import Link
from api.views.forms import FormView
from api.views.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneeRow:
    """Days given once."""

    le: date
    jours: str
    objet: str
    remove_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactureRow:
    """An invoice; `pay` is the form of its payment, where it is not paid."""

    numero: str
    le: date
    montant: int
    payee_le: date | None
    remove_url: str | None = None
    pay: FormView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionPage:
    """Everything of a mission."""

    title: str
    prestataire: Link
    dossier: Link
    back: Link
    facts: tuple[tuple[str, str], ...]
    over: str
    cancelled: bool
    journees: tuple[JourneeRow, ...]
    days_said: str
    factures: tuple[FactureRow, ...]
    money_said: str
    evaluation: str
    appreciation: str
    order_url: str
    timeline: Timeline
    day_form: FormView | None = None
    invoice_form: FormView | None = None
    evaluation_form: FormView | None = None
