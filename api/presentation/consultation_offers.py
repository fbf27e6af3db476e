"""Opened offers: the grid that compares them, and one of them whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from api.views.chrome import Link
from api.views.consultations import Mark, OfferPage, OfferRow
from api.views.forms import FormView
from grants.dla.consultation.comparison import Compared, compared
from grants.dla.consultation.criteres import CRITERES
from grants.dla.consultation.reading import Standing
from grants.dla.missions.shares import Limit, shares_of, warning
from grants.dossiers.reading import parameters_of
from workflow.dates import format_datetime, to_paris
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.money import format_amount, format_number
from workflow.subject import Subject

_ONE = "/consultations"


def offer_rows(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    standing: Standing,
    now: datetime,
) -> tuple[OfferRow, ...]:
    """The grid; before the choice, with what each choice would make of the shares."""
    limit = Limit.of(parameters_of(engine, subject))
    day = to_paris(now).date()
    rows = []
    for each in compared(connection, standing.row):
        told = ""
        if standing.state == "ouverte":
            shares = shares_of(connection, subject.tenant_id, each.offer.prestataire_id, day)
            told = warning(shares, each.offer.cout_ttc, limit)
        rows.append(_row(standing, each, told))
    return tuple(rows)


def _row(standing: Standing, each: Compared, share: str) -> OfferRow:
    offer = each.offer
    return OfferRow(
        nom=offer.prestataire,
        url=f"{_ONE}/{standing.id}/offres/{offer.id}",
        jours=format_number(offer.jours),
        cout_ht=offer.cout_ht,
        cout_ttc=offer.cout_ttc,
        marks=_marks(each, standing.weights),
        total=_hundredths(each.total),
        best=each.best,
        retenue=offer.retenue,
        share=share,
    )


def _marks(each: Compared, weights: Mapping[str, int]) -> tuple[Mark, ...]:
    return tuple(
        Mark(label=label, value=_hundredths(each.marks.get(key)), weight=weights.get(key, 0))
        for key, label in CRITERES.items()
    )


def _hundredths(number: int | None) -> str:
    return "" if number is None else format_number(number)


def offer_of(
    connection: Connection, standing: Standing, offre_id: int, form: FormView | None
) -> OfferPage:
    """One opened offer. Raises Sealed before the opening, NotFound."""
    rows = compared(connection, standing.row)
    found = next((each for each in rows if each.offer.id == offre_id), None)
    if found is None:
        raise NotFound
    offer, url = found.offer, f"{_ONE}/{standing.id}"
    facts = (
        ("Jours d’intervention", format_number(offer.jours)),
        ("Prix hors taxes", format_amount(offer.cout_ht, decimals=True)),
        ("Prix toutes taxes comprises", format_amount(offer.cout_ttc, decimals=True)),
        ("Reçue le", format_datetime(offer.recue_le)),
    )
    texts = (
        ("Méthode", offer.methode),
        ("Expérience", offer.experience),
        ("Disponibilités", offer.calendrier),
    )
    cv = f"{url}/offres/{offer.id}/document"
    return OfferPage(
        nom=offer.prestataire,
        back=Link(label="Consultation", url=url),
        facts=facts,
        texts=tuple(each for each in texts if each[1]),
        cv=Link(label=offer.cv_nom, url=cv) if offer.cv_nom else None,
        form=form,
        marks=_marks(found, standing.weights),
        total=_hundredths(found.total),
    )
