"""Comptes and adhesions, read: who may come in, and where."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from grants.organisation.tables import Adhesion, Compte, Organisme
from workflow.database import table_of

_C, _A, _O = table_of(Compte), table_of(Adhesion), table_of(Organisme)


@dataclass(frozen=True, slots=True)
class Account:
    """A compte as sign-in needs it; `organismes` are those that it may work in, oldest first."""

    id: int
    email: str
    nom: str
    password: str | None
    organismes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """A compte in one organisme. `joined` is false until it has chosen a password."""

    compte_id: int
    nom: str
    email: str
    role: str
    active: bool
    joined: bool
    elsewhere: bool
    fonction: str | None = None
    telephone: str | None = None


def is_empty(connection: Connection) -> bool:
    """Whether the installation has no organisme yet."""
    return connection.execute(select(_O.c.id).limit(1)).first() is None


def find_account(connection: Connection, email: str) -> Account | None:
    """The compte of a normalised e-mail."""
    return _account(connection, _C.c.email == email)


def read_account(connection: Connection, compte_id: int) -> Account | None:
    """The compte of an id."""
    return _account(connection, _C.c.id == compte_id)


def _account(connection: Connection, which: ColumnElement[bool]) -> Account | None:
    query = select(_C.c.id, _C.c.email, _C.c.nom, _C.c.mot_de_passe)
    row = connection.execute(query.where(which)).first()
    if row is None:
        return None
    places = (
        select(_A.c.organisme_id).where(_A.c.compte_id == row.id, _A.c.active).order_by(_A.c.id)
    )
    organismes = tuple(connection.execute(places).scalars())
    return Account(row.id, row.email, row.nom, row.mot_de_passe, organismes)


def list_colleagues(connection: Connection, organisme_id: int) -> list[Colleague]:
    """Everybody who has, or had, an access to an organisme: the active ones first, by name."""
    other = _A.alias()
    elsewhere = (
        select(other.c.id)
        .where(other.c.compte_id == _C.c.id, other.c.organisme_id != organisme_id, other.c.active)
        .exists()
    )
    query = (
        select(
            _C.c.id,
            _C.c.nom,
            _C.c.email,
            _A.c.role,
            _A.c.active,
            _A.c.fonction,
            _A.c.telephone,
            _C.c.mot_de_passe.is_not(None).label("joined"),
            elsewhere.label("elsewhere"),
        )
        .join(_A, _A.c.compte_id == _C.c.id)
        .where(_A.c.organisme_id == organisme_id)
        .order_by(_A.c.active.desc(), _C.c.nom, _C.c.id)
    )
    return [
        Colleague(
            compte_id=row.id,
            nom=row.nom,
            email=row.email,
            role=row.role,
            active=bool(row.active),
            joined=bool(row.joined),
            elsewhere=bool(row.elsewhere),
            fonction=row.fonction,
            telephone=row.telephone,
        )
        for row in connection.execute(query)
    ]
