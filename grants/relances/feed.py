"""The agenda by a personal link: made by its owner, shown once, ended by him or with his access."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Session

from grants.organisation.connexions import digest_of
from grants.organisation.identity import Identity
from grants.organisation.tables import Adhesion, Compte, Organisme
from grants.relances.agenda import AgendaLine, Narrowing, agenda
from grants.relances.feed_tables import LienAgenda
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import NotFound

MINE, EVERYBODYS = "moi", "tous"
#: What each link shows, as it is chosen on screen.
PORTEES = {MINE: "Mes dossiers et mes tâches", EVERYBODYS: "Tout l’organisme"}
#: What a calendar is given: what was lately, what comes.
BEFORE, AFTER, MOST = timedelta(days=31), timedelta(days=366), 2000
_SEEN_EVERY = timedelta(hours=1)
_L, _A, _C, _O = (table_of(each) for each in (LienAgenda, Adhesion, Compte, Organisme))


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One's own link as its owner sees it: never its secret."""

    portee: str
    cree_le: datetime
    vu_le: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a link opens: whose agenda, in which organisme, by what it is called."""

    id: int
    identity: Identity
    organisme_nom: str
    portee: str
    is_to_be_seen: bool


def make_link(session: Session, identity: Identity, portee: str, now: datetime) -> str:
    """A new link; gives its secret this once. The one before it ends. Never commits."""
    assert portee in PORTEES, "chosen among what is offered"
    end_link(session, identity, now)
    secret = secrets.token_urlsafe(32)
    session.connection().execute(
        insert(_L).values(
            organisme_id=identity.organisme_id,
            compte_id=identity.compte_id,
            digest=digest_of(secret),
            portee=portee,
            cree_le=now,
        )
    )
    return secret


def end_link(session: Session, identity: Identity, now: datetime) -> bool:
    """One's own link opens nothing any more. True if there was one. Never commits."""
    own = update(_L).where(
        _L.c.organisme_id == identity.organisme_id,
        _L.c.compte_id == identity.compte_id,
        _L.c.revoque_le.is_(None),
    )
    return session.connection().execute(own.values(revoque_le=now)).rowcount > 0


def link_of(connection: Connection, identity: Identity) -> FeedLink | None:
    """One's own link in this organisme, while it serves."""
    query = select(_L.c.portee, _L.c.cree_le, _L.c.vu_le).where(
        _L.c.organisme_id == identity.organisme_id,
        _L.c.compte_id == identity.compte_id,
        _L.c.revoque_le.is_(None),
    )
    row = connection.execute(query).first()
    return None if row is None else FeedLink(*row)


def find_feed(connection: Connection, secret: str, now: datetime) -> Feed:
    """What a link opens. Raises NotFound when it opens nothing, or not any more."""
    query = (
        select(
            *(_L.c.id, _L.c.portee, _L.c.vu_le, _L.c.organisme_id, _L.c.compte_id),
            *(_C.c.nom, _A.c.role, _O.c.nom.label("organisme_nom")),
        )
        .join(_C, _C.c.id == _L.c.compte_id)
        .join(_O, _O.c.id == _L.c.organisme_id)
        .join(_A, (_A.c.compte_id == _L.c.compte_id) & (_A.c.organisme_id == _L.c.organisme_id))
        .where(_L.c.digest == digest_of(secret), _L.c.revoque_le.is_(None), _A.c.active)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    return Feed(
        id=row.id,
        identity=Identity(row.organisme_id, row.compte_id, row.nom, row.role),
        organisme_nom=row.organisme_nom,
        portee=row.portee,
        is_to_be_seen=row.vu_le is None or now - row.vu_le >= _SEEN_EVERY,
    )


def mark_seen(session: Session, feed: Feed, now: datetime) -> None:
    """Write that the link served."""
    session.connection().execute(update(_L).where(_L.c.id == feed.id).values(vu_le=now))


def lines_of_feed(
    connection: Connection, engine: Engine, feed: Feed, now: datetime
) -> list[AgendaLine]:
    """What a calendar is given of the agenda that a link opens."""
    who = feed.identity.compte_id if feed.portee == MINE else None
    span = (now - BEFORE, now + AFTER)
    return agenda(connection, engine, feed.identity.organisme_id, span, Narrowing(who), MOST)
