"""The opening: every offer at once, after the deadline, and none changes any more."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grants.dla.consultation.errors import (
    AlreadyOpened,
    ConsultationOver,
    NothingToOpen,
    NotSent,
    OfferTampered,
    TooSoonToOpen,
)
from grants.dla.consultation.reading import CONSULTATIONS, OPENED, Standing, asked_of
from grants.dla.consultation.sealed import Offer, digest_of, offers_being_opened
from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import read_subject
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from workflow.dates import format_datetime
from workflow.engine import Engine


def open_offers(
    session: Session, engine: Engine, identity: Identity, id: int, now: datetime
) -> None:
    """Open the offers. The journal holds each of them whole from then on. Never commits.

    Raises TooSoonToOpen, NothingToOpen, NotSent, AlreadyOpened, ConsultationOver, OfferTampered,
    NotFound, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = CONSULTATIONS.lock(connection, organisme_id, id)
    standing = Standing(row, asked_of(connection, id))
    _require_openable(standing, now)
    offers = offers_being_opened(connection, row)
    if any(digest_of(each.said(), each.sel) != each.empreinte for each in offers):
        raise OfferTampered
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=True)
    content = {"offres": [_told(each) for each in offers]}
    CONSULTATIONS.note(connection, identity, row, Fact(OPENED, now, content), {"ouverte_le": now})
    told = ", ".join(each.prestataire for each in offers)
    record_fact(session, engine, subject, identity, OPENED, {"texte": f"{told}."}, now)
    settle(session, engine, subject, now)
    store_chain(connection, subject)


def _require_openable(standing: Standing, now: datetime) -> None:
    if standing.state == "preparation":
        raise NotSent
    if standing.state == "ouverte":
        raise AlreadyOpened
    if standing.state != "envoyee":
        raise ConsultationOver
    if not standing.may_open(now):
        raise TooSoonToOpen(echeance=format_datetime(standing.row["echeance"]))
    if not standing.offers:
        raise NothingToOpen


def _told(offer: Offer) -> dict[str, object]:
    """An offer as the journal keeps it, with what proves that it is the one deposited."""
    return {
        "prestataire": offer.prestataire,
        **offer.said(),
        "sel": offer.sel,
        "empreinte": offer.empreinte,
    }
