"""Personal links: each lets one compte choose a password, once, for a day. Shown once, too."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Session

from grants.organisation.accounts import Account, read_account
from grants.organisation.connexions import close_every_connexion, digest_of
from grants.organisation.tables import Compte, LienPersonnel
from workflow.database import table_of
from workflow.errors import DomainError

_L, _C = table_of(LienPersonnel), table_of(Compte)

LINK_LIFE = timedelta(hours=24)


class LinkUsed(DomainError):
    """Ce lien ne sert plus : il a déjà servi, ou il est trop ancien. Demandez-en un autre."""

    code = "lien_perime"


def create_link(session: Session, compte_id: int, now: datetime) -> str:
    """A new secret for a link; those made before it for the same compte are void."""
    void_links(session, compte_id)
    secret = secrets.token_urlsafe(32)
    session.connection().execute(
        insert(_L).values(
            digest=digest_of(secret),
            compte_id=compte_id,
            cree_le=now,
            expire_le=now + LINK_LIFE,
        )
    )
    return secret


def void_links(session: Session, compte_id: int) -> None:
    """Take back every link of a compte that has not served."""
    unused = (_L.c.compte_id == compte_id) & _L.c.utilise_le.is_(None)
    session.connection().execute(delete(_L).where(unused))


def find_link(connection: Connection, secret: str, now: datetime) -> Account | None:
    """The compte that a link is for; None when it no longer serves. Looking does not use it up."""
    query = select(_L.c.compte_id).where(
        _L.c.digest == digest_of(secret), _L.c.utilise_le.is_(None), _L.c.expire_le > now
    )
    compte_id = connection.execute(query).scalar_one_or_none()
    return None if compte_id is None else read_account(connection, compte_id)


def choose_password(session: Session, secret: str, password_hash: str, now: datetime) -> Account:
    """Use a link up: the compte has its password, every browser is signed out. Raises LinkUsed."""
    connection = session.connection()
    used = (
        update(_L)
        .where(_L.c.digest == digest_of(secret), _L.c.utilise_le.is_(None), _L.c.expire_le > now)
        .values(utilise_le=now)
        .returning(_L.c.compte_id)
    )
    compte_id = connection.execute(used).scalar_one_or_none()
    if compte_id is None:
        raise LinkUsed
    connection.execute(update(_C).where(_C.c.id == compte_id).values(mot_de_passe=password_hash))
    close_every_connexion(session, compte_id)
    account = read_account(connection, compte_id)
    assert account is not None, "a link's compte exists: the database holds it to that"
    return account
