"""The birth of an organisme, with the first person of its direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlmodel import Session

from grants.organisation.accounts import Account, find_account, is_empty
from grants.organisation.colleagues import create_compte, join
from grants.organisation.identity import software
from grants.organisation.ledger import Fact
from grants.organisation.roles import DIRECTION
from grants.organisation.settings import IDENTITY_FIELDS, ORGANISMES
from grants.organisation.tables import Organisme
from workflow.columns import GENESIS
from workflow.database import table_of
from workflow.errors import DomainError, Invalid
from workflow.fields import FieldType, Raw, parse_fields
from workflow.pipeline import Field

_O = table_of(Organisme)
# Any number will do, as long as nothing else locks it.
_FIRST_START = 2009

_ASKED = ("nom", "sigle", "departements", "territoire")
ORGANISME_FIELDS = tuple(field for field in IDENTITY_FIELDS if field.key in _ASKED)
DIRECTION_FIELDS = (
    Field(key="direction_nom", label="Prénom et nom", type="texte", required=True, longest=120),
    Field(
        key="direction_email",
        label="E-mail",
        type="email",
        required=True,
        help="Il sert à se connecter.",
    ),
)
FOUNDING_FIELDS = (*ORGANISME_FIELDS, *DIRECTION_FIELDS)


class AlreadyStarted(DomainError):
    """Cette installation a déjà un organisme : connectez-vous pour y entrer."""

    code = "deja_commence"


@dataclass(frozen=True, slots=True)
class Founded:
    """A new organisme, and its direction."""

    organisme_id: int
    compte_id: int
    email: str
    has_password: bool


def claim_installation(session: Session) -> None:
    """Be the only one who starts an empty installation, until the end of this transaction.

    Raises AlreadyStarted.
    """
    connection = session.connection()
    wait_for_other_starts(connection)
    if not is_empty(connection):
        raise AlreadyStarted


def wait_for_other_starts(connection: Connection) -> None:
    """Be the only one who founds, until the end of this transaction.

    SQLite has one writer; on PostgreSQL, two could each see that nothing is there yet.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:start)"), {"start": _FIRST_START})


def found_organisme(
    session: Session,
    types: Mapping[str, FieldType],
    raw: Mapping[str, Raw],
    now: datetime,
    *,
    password_hash: str | None = None,
) -> Founded:
    """Create an organisme and its direction; a compte that exists is kept as it is. Never commits.

    `types` are those of the application: the list of départements is an upper floor's. Without
    a password, the direction needs a link (`links.create_link`). Raises Invalid.
    """
    values = read_founding(types, raw)
    connection = session.connection()
    organisme_id = create_organisme(
        connection, {key: values[key] for key in _ASKED if values[key] is not None}, now
    )
    email = values["direction_email"]
    account = find_account(connection, email) or _new_direction(
        session, values["direction_nom"], email, password_hash, now
    )
    join(session, organisme_id, account.id, DIRECTION)
    record_birth(connection, organisme_id, values["nom"], account, now)
    return Founded(organisme_id, account.id, email, account.password is not None)


def read_founding(types: Mapping[str, FieldType], raw: Mapping[str, Raw]) -> dict[str, Any]:
    """The answers of the first form. Raises Invalid with every fault."""
    values, faults = parse_fields(FOUNDING_FIELDS, raw, types)
    if faults:
        raise Invalid(faults)
    return values


def create_organisme(connection: Connection, values: Mapping[str, Any], now: datetime) -> int:
    """The row of a new organisme; `record_birth` opens its chain in the same transaction."""
    row = {
        "departements": "",
        "territoire": "metropole",
        "parametres": "{}",
        "demonstration": False,
        **values,
        "seq": 0,
        "head": GENESIS,
        "cree_le": now,
    }
    return connection.execute(insert(_O).values(row).returning(_O.c.id)).scalar_one()


def record_birth(
    connection: Connection, organisme_id: int, nom: str, direction: Account, now: datetime
) -> None:
    """The first lines of the organisme's chain: itself, then its direction."""
    identity = software(organisme_id)
    row = ORGANISMES.lock(connection, organisme_id, organisme_id)
    born = Fact("organisme_cree", now, {"champs": {"nom": nom}})
    ORGANISMES.note(connection, identity, row, born)
    told = {"nom": direction.nom, "email": direction.email, "role": DIRECTION}
    joined = Fact("compte_invite", now, {"compte": direction.id, "champs": told})
    row = ORGANISMES.lock(connection, organisme_id, organisme_id)
    ORGANISMES.note(connection, identity, row, joined)


def _new_direction(
    session: Session, nom: str, email: str, password_hash: str | None, now: datetime
) -> Account:
    try:
        return create_compte(session, nom, email, password_hash, now)
    except Invalid as error:
        raise Invalid({"direction_email": error.faults["email"]}) from error
