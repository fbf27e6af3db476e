"""A lot at work: as many dossiers as a request has time for, each in its own transaction.

Ten thousand dossiers cannot be moved while somebody waits for one answer: each request sees to
some of them and says how far it is; the next one goes on. Whatever happens between two, what is
done is done once, and the rest still waits.
"""

from __future__ import annotations

from datetime import datetime
from time import monotonic

from api.house import House
from grants.dossiers.lots.carrying_out import (
    carry_out,
    close,
    note_refusal,
    note_rehearsal,
    rehearse_some,
    take_back,
    waiting_of,
)
from grants.dossiers.lots.queries import OpenLot, read_lot
from grants.dossiers.rehearsal import sentences_of
from grants.organisation.identity import Identity
from workflow.errors import OF_THE_DATABASE, DomainError

#: How long one request goes on, and how many dossiers it reads at once.
SECONDS = 2.0
SLICE = 100


def work(
    house: House, identity: Identity, now: datetime, lot_id: int, seconds: float = SECONDS
) -> OpenLot:
    """Go on with a lot for a while; the lot as it then is. Raises NotFound."""
    until = monotonic() + seconds
    while True:
        with house.database.reading() as session:
            lot = read_lot(session.connection(), identity, lot_id)
            if not lot.working:
                return lot
            waiting = waiting_of(session.connection(), lot, SLICE)
        if not waiting:
            with house.database.unit_of_work() as session:
                close(session, lot)
            continue
        if lot.etat == "verification":
            _rehearse(house, identity, now, lot, waiting)
        for dossier_id in waiting if lot.etat != "verification" else ():
            _one(house, identity, now, lot, dossier_id)
            if monotonic() > until:
                break
        if monotonic() > until:
            return _after(house, identity, lot_id)


def _after(house: House, identity: Identity, lot_id: int) -> OpenLot:
    """The lot when time is up: at its end, if that was the last dossier."""
    with house.database.reading() as session:
        lot = read_lot(session.connection(), identity, lot_id)
        if not lot.working or waiting_of(session.connection(), lot, 1):
            return lot
    with house.database.unit_of_work() as session:
        close(session, lot)
        return read_lot(session.connection(), identity, lot_id)


def _rehearse(
    house: House, identity: Identity, now: datetime, lot: OpenLot, dossiers: list[int]
) -> None:
    with house.database.reading() as session:
        connection = session.connection()
        found = rehearse_some(connection, house.engine, identity, lot, dossiers, now)
    with house.database.unit_of_work() as session:
        note_rehearsal(session, lot, found)


def _one(house: House, identity: Identity, now: datetime, lot: OpenLot, dossier_id: int) -> None:
    do = take_back if lot.etat == "annulation" else carry_out
    try:
        with house.database.unit_of_work() as session:
            do(session, house.engine, identity, lot, dossier_id, now)
    except OF_THE_DATABASE:
        raise
    except DomainError as error:
        with house.database.unit_of_work() as session:
            note_refusal(session, lot, dossier_id, sentences_of(error))
