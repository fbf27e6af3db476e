"""One dossier of a lot at a time: rehearsed, done, or taken back, with its own outcome.

Each is a transaction of its own, opened by the caller. The dossier's line is claimed first, in
that very transaction: of two requests that come to the same dossier, the second finds it done.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, Update, bindparam, select, update
from sqlmodel import Session

from grants.dossiers.advance import Demand, advance
from grants.dossiers.etiquettes.queries import read_tag
from grants.dossiers.etiquettes.service import tag_dossier, untag_dossier
from grants.dossiers.lots.queries import WAITING, OpenLot
from grants.dossiers.lots.tables import Lot, LotDossier
from grants.dossiers.notes import give_to
from grants.dossiers.reading import read_subject
from grants.dossiers.rehearsal import rehearse
from grants.organisation.identity import Identity
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import NotFound

_L, _LD = table_of(Lot), table_of(LotDossier)


def waiting_of(connection: Connection, lot: OpenLot, most: int) -> list[int]:
    """The next dossiers that a lot has to see to."""
    states, _end = WAITING[lot.etat]
    query = (
        select(_LD.c.dossier_id)
        .where(_LD.c.lot_id == lot.id, _LD.c.etat.in_(states))
        .order_by(_LD.c.dossier_id)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def close(session: Session, lot: OpenLot) -> None:
    """Nothing waits any more: the lot is at the end of what it was doing."""
    _states, end = WAITING[lot.etat]
    session.connection().execute(
        update(_L).where(_L.c.id == lot.id, _L.c.etat == lot.etat).values(etat=end)
    )


def rehearse_some(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    lot: OpenLot,
    dossiers: Collection[int],
    now: datetime,
) -> dict[int, tuple[str, ...]]:
    """What each of these dossiers would be refused with; nothing is written."""
    return {id: rehearse(connection, engine, identity, _demand(lot, id), now) for id in dossiers}


def note_rehearsal(session: Session, lot: OpenLot, found: Mapping[int, Collection[str]]) -> None:
    """Keep what a rehearsal found."""
    if not found:
        return
    statement = (
        update(_LD)
        .where(
            _LD.c.lot_id == lot.id,
            _LD.c.dossier_id == bindparam("dossier"),
            _LD.c.etat == "attente",
        )
        .values(etat=bindparam("devenu"), raisons=bindparam("dites"))
    )
    rows = [
        {
            "dossier": id,
            "devenu": "impossible" if sentences else "possible",
            "dites": _dumped(sentences),
        }
        for id, sentences in found.items()
    ]
    session.connection().execute(statement, rows)


def carry_out(
    session: Session,
    engine: Engine,
    identity: Identity,
    lot: OpenLot,
    dossier_id: int,
    now: datetime,
) -> None:
    """Do to one dossier what its lot asks. Raises whatever the operation refuses.

    Done already by another request, it is left as it is.
    """
    if not _claim(session, lot, dossier_id, "fait"):
        return
    done, before = True, None
    if lot.nature == "avancer":
        done = not advance(session, engine, identity, _demand(lot, dossier_id), now).replayed
    elif lot.nature == "confier":
        done, before = _assign(session, engine, identity, lot, dossier_id, now)
    else:
        wanted = lot.nature == "etiqueter"
        done = _tag(session, engine, identity, lot, dossier_id, now, wanted=wanted)
    values = {"etat": "fait" if done else "deja", "avant": before, "raisons": "[]"}
    session.connection().execute(_on(lot, dossier_id).values(values))


def take_back(
    session: Session,
    engine: Engine,
    identity: Identity,
    lot: OpenLot,
    dossier_id: int,
    now: datetime,
) -> None:
    """Take back what a lot did to one dossier, unless somebody changed it since."""
    if not _claim(session, lot, dossier_id, "annule"):
        return
    if lot.nature != "confier":
        _tag(session, engine, identity, lot, dossier_id, now, wanted=lot.nature == "retirer")
        return
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    if subject.row["referent_id"] != lot.demande["referent"]:
        session.connection().execute(_on(lot, dossier_id).values(etat="garde"))
        return
    query = select(_LD.c.avant).where(_LD.c.lot_id == lot.id, _LD.c.dossier_id == dossier_id)
    before = connection.execute(query).scalar_one()
    give_to(session, engine, identity, dossier_id, int(before) if before else None, now)


def note_refusal(
    session: Session, lot: OpenLot, dossier_id: int, sentences: Collection[str]
) -> None:
    """Keep why a dossier was refused; of what cannot be taken back, that it stays."""
    state = "garde" if lot.etat == "annulation" else "refuse"
    if _claim(session, lot, dossier_id, state):
        values = {"raisons": _dumped(sentences)}
        session.connection().execute(_on(lot, dossier_id).values(values))


def _claim(session: Session, lot: OpenLot, dossier_id: int, state: str) -> bool:
    """Take a line that still waits; False where another request was quicker."""
    states, _end = WAITING[lot.etat]
    waiting = _on(lot, dossier_id).where(_LD.c.etat.in_(states)).values(etat=state)
    return session.connection().execute(waiting).rowcount == 1


def _on(lot: OpenLot, dossier_id: int) -> Update:
    return update(_LD).where(_LD.c.lot_id == lot.id, _LD.c.dossier_id == dossier_id)


def _demand(lot: OpenLot, dossier_id: int) -> Demand:
    """The move that a lot asks of one dossier; the same key however often it is tried."""
    asked = lot.demande
    key = f"lot-{lot.id}-{dossier_id}"
    return Demand(dossier_id, asked["action"], asked["champs"], asked["motif"], key=key)


def _assign(
    session: Session,
    engine: Engine,
    identity: Identity,
    lot: OpenLot,
    dossier_id: int,
    now: datetime,
) -> tuple[bool, str | None]:
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    before, after = subject.row["referent_id"], lot.demande["referent"]
    if before == after:
        return False, None
    give_to(session, engine, identity, dossier_id, after, now)
    return True, str(before) if before else None


def _tag(
    session: Session,
    engine: Engine,
    identity: Identity,
    lot: OpenLot,
    dossier_id: int,
    now: datetime,
    *,
    wanted: bool,
) -> bool:
    etiquette = read_tag(session.connection(), identity.organisme_id, lot.demande["etiquette"])
    if etiquette is None:
        raise NotFound
    if wanted:
        return tag_dossier(session, engine, identity, dossier_id, etiquette, now)
    return untag_dossier(session, engine, identity, dossier_id, etiquette.id, now)


def _dumped(sentences: Collection[str]) -> str:
    return json.dumps(list(sentences), ensure_ascii=False)
