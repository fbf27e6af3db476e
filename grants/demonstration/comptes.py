"""The accounts of the demonstrations: known to everybody, shown where one signs in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from grants.organisation.roles import ROLES
from grants.organisation.tables import Adhesion, Compte, Organisme
from workflow.database import table_of

#: The password of every account of a demonstration, printed at start and shown at sign-in.
PASSWORD = "demonstration"  # noqa: S105 - told to everybody, it protects nothing
_O, _C, _A = table_of(Organisme), table_of(Compte), table_of(Adhesion)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account to sign in with, and where it leads."""

    organisme: str
    nom: str
    role: str
    email: str
    password: str = PASSWORD


def demonstration_accounts(connection: Connection) -> list[DemoAccount]:
    """The accounts of the demonstrations that are loaded, the living organisme's first."""
    query = (
        select(_O.c.nom.label("organisme"), _C.c.nom, _A.c.role, _C.c.email)
        .join(_A, _A.c.organisme_id == _O.c.id)
        .join(_C, _C.c.id == _A.c.compte_id)
        .where(_O.c.demonstration, _A.c.active)
        .order_by(_O.c.id, _A.c.id)
    )
    return [
        DemoAccount(row.organisme, row.nom, ROLES[row.role], row.email)
        for row in connection.execute(query)
    ]
