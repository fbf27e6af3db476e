"""Ways in without a password: a link by e-mail, used up by a click, then a browser that stays.

A link is of one personne, to one thing, for a time. Only digests are kept: of the link's secret,
then of the browser's. What may be done there, and until when, is for the thing itself to say.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, not_, select, update
from sqlmodel import Session

from grants.organisation.acces_tables import Acces
from grants.organisation.connexions import digest_of
from grants.organisation.links import LinkUsed
from grants.organisation.tables import Organisme, Personne
from workflow.database import table_of
from workflow.errors import NotFound
from workflow.statements import Statement

#: How long a link waits for its click; whoever comes later asks for another one.
LINK_LIFE = timedelta(days=15)
_A, _P, _O = table_of(Acces), table_of(Personne), table_of(Organisme)


@dataclass(frozen=True, slots=True)
class Destination:
    """Who a link is for, and the only thing that it leads to."""

    organisme_id: int
    personne_id: int
    objet: str
    objet_id: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A link, or the browser that it opened, with whom it is for."""

    digest: str
    to: Destination
    nom: str
    email: str | None
    organisme_nom: str
    expires: datetime
    used: datetime | None

    def serves(self, now: datetime) -> bool:
        """Whether the link may still be used."""
        return self.used is None and now < self.expires


def _holders(condition: ColumnElement[bool]) -> Statement:
    return Statement(
        select(
            _A.c.digest,
            _A.c.organisme_id,
            _A.c.personne_id,
            _A.c.objet,
            _A.c.objet_id,
            _A.c.expire_le,
            _A.c.utilise_le,
            _P.c.nom,
            _P.c.email,
            _O.c.nom.label("organisme_nom"),
        )
        .join(_P, _P.c.id == _A.c.personne_id)
        .join(_O, _O.c.id == _A.c.organisme_id)
        .where(condition)
    )


_BY_LINK = _holders(_A.c.digest == bindparam("digest_"))
_BY_SESSION = _holders(_A.c.session == bindparam("digest_"))


def keep_link(session: Session, secret: str, to: Destination, now: datetime) -> bool:
    """Let a secret lead somewhere from now on. False if it does, or did, already. Never commits.

    Whoever makes the secret may make the same one again (an e-mail sent a second time).
    """
    connection, digest = session.connection(), digest_of(secret)
    if connection.execute(select(_A.c.digest).where(_A.c.digest == digest)).first() is not None:
        return False
    connection.execute(
        insert(_A).values(
            digest=digest,
            organisme_id=to.organisme_id,
            personne_id=to.personne_id,
            objet=to.objet,
            objet_id=to.objet_id,
            cree_le=now,
            expire_le=now + LINK_LIFE,
        )
    )
    return True


def find_link(connection: Connection, secret: str) -> Holder:
    """A link, whether it still serves or not. Looking never uses it up. Raises NotFound."""
    found = _read(connection, _BY_LINK, secret)
    if found is None:
        raise NotFound
    return found


def use_link(session: Session, secret: str, now: datetime) -> str:
    """Use a link up; the secret of the browser that it opens. Never commits. Raises LinkUsed."""
    cookie = secrets.token_urlsafe(32)
    used = (
        update(_A)
        .where(_A.c.digest == digest_of(secret), _A.c.utilise_le.is_(None), _A.c.expire_le > now)
        .values(utilise_le=now, session=digest_of(cookie))
    )
    if session.connection().execute(used).rowcount != 1:
        raise LinkUsed
    return cookie


def find_holder(connection: Connection, cookie: str, objet: str, objet_id: int) -> Holder | None:
    """Who comes with this cookie, if it was given for this very thing."""
    found = _read(connection, _BY_SESSION, cookie)
    if found is None or (found.to.objet, found.to.objet_id) != (objet, objet_id):
        return None
    return found


def leave(session: Session, cookie: str) -> None:
    """This browser is shown nothing any more. Never commits."""
    gone = update(_A).where(_A.c.session == digest_of(cookie)).values(session=None)
    session.connection().execute(gone)


def forget_old_links(session: Session, before: datetime, still: ColumnElement[bool]) -> int:
    """Throw away the links that ended before an instant; how many. Never commits.

    `still`: those whose browser is shown something yet. What was sent and who came in stays in the
    journal of the thing itself.
    """
    ended = (_A.c.expire_le < before) & (_A.c.utilise_le.is_(None) | (_A.c.utilise_le < before))
    return session.connection().execute(delete(_A).where(ended, not_(still))).rowcount


def _read(connection: Connection, statement: Statement, secret: str) -> Holder | None:
    row = statement.first(connection, {"digest_": digest_of(secret)})
    if row is None:
        return None
    to = Destination(row["organisme_id"], row["personne_id"], row["objet"], row["objet_id"])
    return Holder(
        digest=row["digest"],
        to=to,
        nom=row["nom"],
        email=row["email"],
        organisme_nom=row["organisme_nom"],
        expires=row["expire_le"],
        used=row["utilise_le"],
    )
