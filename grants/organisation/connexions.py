"""Signed-in browsers: a secret in a cookie, its SHA-256 in a row, the role read at each request."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.tables import Adhesion, Compte, Connexion, Organisme
from workflow.database import table_of
from workflow.errors import NotFound
from workflow.statements import Statement

_X, _C, _A, _O = table_of(Connexion), table_of(Compte), table_of(Adhesion), table_of(Organisme)

# How often the moment of the last visit is written: each writing waits for the one writer.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a connexion lasts: unused, and in all."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """An organisme that the compte may work in. `seq` changes whenever the organisme does."""

    id: int
    nom: str
    has_logo: bool
    demonstration: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody signed in: as whom, where, and where else he may go."""

    identity: Identity
    email: str
    csrf: str
    digest: str
    place: Place
    others: tuple[Place, ...]
    is_to_be_seen: bool


def digest_of(secret: str) -> str:
    """What the database knows of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_connexion(
    session: Session, compte_id: int, organisme_id: int, now: datetime, lifetime: Lifetime
) -> str:
    """Let a browser in; gives the secret of its cookie. Old connexions go away on the way."""
    secret = secrets.token_urlsafe(32)
    connection = session.connection()
    forgotten = or_(_X.c.expire_le <= now, _X.c.vue_le <= now - lifetime.idle)
    connection.execute(delete(_X).where(forgotten))
    connection.execute(
        insert(_X).values(
            digest=digest_of(secret),
            compte_id=compte_id,
            organisme_id=organisme_id,
            csrf=secrets.token_urlsafe(24),
            ouverte_le=now,
            vue_le=now,
            expire_le=now + lifetime.whole,
        )
    )
    return secret


# One row for each organisme of the compte: its role here, and where else it may go.
_PRESENCE = Statement(
    select(
        _X.c.organisme_id.label("here"),
        _X.c.csrf,
        _X.c.vue_le,
        _X.c.expire_le,
        _C.c.id.label("compte_id"),
        _C.c.nom,
        _C.c.email,
        _A.c.role,
        _O.c.id.label("organisme_id"),
        _O.c.nom.label("organisme_nom"),
        _O.c.logo_type,
        _O.c.demonstration,
        _O.c.seq,
    )
    .join(_C, _C.c.id == _X.c.compte_id)
    .join(_A, _A.c.compte_id == _C.c.id)
    .join(_O, _O.c.id == _A.c.organisme_id)
    .where(_X.c.digest == bindparam("digest"), _A.c.active)
    .order_by(_O.c.nom, _O.c.id)
)


def find_presence(
    connection: Connection, secret: str, now: datetime, lifetime: Lifetime
) -> Presence | None:
    """Who comes with this secret; None when it is over, or when his access was taken away."""
    digest = digest_of(secret)
    rows = _PRESENCE.rows(connection, {"digest": digest})
    present = next((row for row in rows if row["organisme_id"] == row["here"]), None)
    if present is None:
        return None
    if now >= present["expire_le"] or now - present["vue_le"] >= lifetime.idle:
        return None
    places = {row["organisme_id"]: _place(row) for row in rows}
    place = places.pop(present["here"])
    identity = Identity(place.id, present["compte_id"], present["nom"], present["role"])
    return Presence(
        identity=identity,
        email=present["email"],
        csrf=present["csrf"],
        digest=digest,
        place=place,
        others=tuple(places.values()),
        is_to_be_seen=now - present["vue_le"] >= SEEN_EVERY,
    )


def _place(row: dict[str, object]) -> Place:
    return Place(
        id=int(str(row["organisme_id"])),
        nom=str(row["organisme_nom"]),
        has_logo=row["logo_type"] is not None,
        demonstration=bool(row["demonstration"]),
        seq=int(str(row["seq"])),
    )


def mark_seen(session: Session, digest: str, now: datetime) -> None:
    """Write that the browser was here, so that it does not pass for idle."""
    session.connection().execute(update(_X).where(_X.c.digest == digest).values(vue_le=now))


def close_connexion(session: Session, digest: str) -> None:
    """Sign one browser out."""
    session.connection().execute(delete(_X).where(_X.c.digest == digest))


def close_every_connexion(
    session: Session, compte_id: int, *, organisme_id: int | None = None
) -> None:
    """Sign a compte out of every browser, or only of those that work in one organisme."""
    query = delete(_X).where(_X.c.compte_id == compte_id)
    if organisme_id is not None:
        query = query.where(_X.c.organisme_id == organisme_id)
    session.connection().execute(query)


def switch_organisme(session: Session, digest: str, compte_id: int, organisme_id: int) -> None:
    """Go on working in another organisme of the compte. Raises NotFound."""
    connection = session.connection()
    member = select(_A.c.id).where(
        _A.c.compte_id == compte_id, _A.c.organisme_id == organisme_id, _A.c.active
    )
    if connection.execute(member).first() is None:
        raise NotFound
    connection.execute(update(_X).where(_X.c.digest == digest).values(organisme_id=organisme_id))
