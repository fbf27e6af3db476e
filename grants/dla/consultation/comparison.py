"""The comparison of opened offers: a mark for each criterion, weighted, out of a hundred.

The price is marked by rule: the cheapest has five, another the same fraction of five as the
cheapest price is of its own (domain.md, consultation; the usual rule of public buyers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, update
from sqlmodel import Session

from grants.dla.consultation.criteres import BEST_MARK, JUGES, MARK_FIELDS, PRIX, kept, read
from grants.dla.consultation.errors import NotToChoose
from grants.dla.consultation.reading import CONSULTATIONS, MARKED, state_of
from grants.dla.consultation.sealed import Offer, opened_offers
from grants.dla.consultation.tables import Offre
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from workflow.database import table_of
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields

_F = table_of(Offre)
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Compared:
    """An offer in the grid. Marks and total in hundredths; the total None until all is marked."""

    offer: Offer
    marks: Mapping[str, int | None]
    total: int | None
    best: bool = False


def compare(offers: Sequence[Offer], weights: Mapping[str, int]) -> tuple[Compared, ...]:
    """The offers, best total first; those that are not marked yet come last, cheapest first."""
    if not offers:
        return ()
    cheapest = min(each.cout_ttc for each in offers)
    rows = [_row(each, weights, cheapest) for each in offers]
    totals = [row.total for row in rows if row.total is not None]
    top = max(totals) if len(totals) == len(rows) else None
    rows = [
        Compared(row.offer, row.marks, row.total, best=top is not None and row.total == top)
        for row in rows
    ]
    return tuple(
        sorted(rows, key=lambda row: (row.total is None, -(row.total or 0), row.offer.cout_ttc))
    )


def _row(offer: Offer, weights: Mapping[str, int], cheapest: int) -> Compared:
    marks: dict[str, int | None] = {PRIX: price_mark(offer.cout_ttc, cheapest)}
    for key in JUGES:
        given = offer.notes.get(key)
        marks[key] = None if given is None else given * _HUNDREDTHS
    known = {key: mark for key, mark in marks.items() if weights.get(key)}
    if any(mark is None for mark in known.values()):
        return Compared(offer, marks, None)
    total = sum(weights[key] * (mark or 0) for key, mark in known.items())
    return Compared(offer, marks, total // BEST_MARK)


def price_mark(price: int, cheapest: int) -> int:
    """The mark of a price, in hundredths, to the nearest one."""
    whole = BEST_MARK * _HUNDREDTHS * cheapest
    return (2 * whole + price) // (2 * price)


def mark_offer(
    session: Session,
    identity: Identity,
    id: int,
    offre_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Mark an offer on what a person judges. True if anything changed. Never commits.

    Raises Invalid with every fault, Sealed, NotToChoose, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = CONSULTATIONS.lock(connection, identity.organisme_id, id, version)
    offer = next((each for each in opened_offers(connection, row) if each.id == offre_id), None)
    if offer is None:
        raise NotFound
    if state_of(row) != "ouverte":
        raise NotToChoose
    values, faults = parse_fields(MARK_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    marks = {key: value for key, value in values.items() if value is not None}
    if marks == offer.notes:
        return False
    connection.execute(update(_F).where(_F.c.id == offre_id).values(notes=kept(marks)))
    said = {"prestataire": offer.prestataire, **{key: f"{n} sur 5" for key, n in marks.items()}}
    CONSULTATIONS.note(connection, identity, row, Fact(MARKED, now, {"champs": said}))
    return True


def compared(connection: Connection, row: Mapping[str, object]) -> tuple[Compared, ...]:
    """The grid of a consultation. Raises Sealed before the opening."""
    return compare(opened_offers(connection, row), read(str(row["criteres"])))
