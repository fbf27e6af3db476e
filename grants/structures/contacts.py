"""The people of a structure: who they are, and what they do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.people import (
    PERSONNE_FIELDS,
    PERSONNES,
    Found,
    find_or_create_personne,
    modify_personne,
)
from grants.organisation.tables import Personne
from grants.structures.service import STRUCTURES, lock_structure
from grants.structures.tables import Contact
from workflow.database import LARGEST_ID, table_of
from workflow.errors import Invalid, KeyReused, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.journal import find_by_key
from workflow.journal_reading import line_of
from workflow.pipeline import Field

_C, _P = table_of(Contact), table_of(Personne)

ADDED = "contact_ajoute"
FONCTION = Field(
    key="fonction",
    label="Fonction",
    type="texte",
    longest=120,
    help="Ce que la personne fait dans la structure : présidente, trésorier, coordinatrice…",
)
CONTACT_FIELDS = (*PERSONNE_FIELDS, FONCTION)


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact of a structure. `version` is that of the personne."""

    id: int
    personne_id: int
    nom: str
    email: str | None
    telephone: str | None
    civilite: str | None
    fonction: str | None
    version: int


def contacts_of(connection: Connection, structure_id: int) -> list[ContactLine]:
    """The contacts of a structure, by name."""
    query = (
        select(
            _C.c.id,
            _C.c.personne_id,
            _P.c.nom,
            _P.c.email,
            _P.c.telephone,
            _P.c.civilite,
            _C.c.fonction,
            _P.c.seq,
        )
        .join(_P, _P.c.id == _C.c.personne_id)
        .where(_C.c.structure_id == structure_id)
        .order_by(_P.c.nom_cle, _C.c.id)
    )
    return [ContactLine(*row) for row in connection.execute(query)]


def add_contact(
    session: Session,
    identity: Identity,
    structure_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> Found:
    """Add a personne to a structure, known already or not; the same form (`key`) adds her once.

    Never commits. Raises Invalid with every fault, NotFound, KeyReused, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    structure = lock_structure(connection, identity.organisme_id, structure_id)
    already = _added_by(connection, identity, structure_id, key)
    if already is not None:
        return already
    values = _read(raw)
    found = find_or_create_personne(
        session,
        identity,
        values["nom"],
        values["email"],
        values["telephone"],
        now,
        values["civilite"],
    )
    attached = attach(session, identity, structure, found.id, values["fonction"], now, key)
    if not attached:
        raise Invalid({"email": f"{found.nom} est déjà un contact de cette structure."})
    return found


def attach(
    session: Session,
    identity: Identity,
    structure: Mapping[str, Any],
    personne_id: int,
    fonction: str | None,
    now: datetime,
    key: str | None = None,
) -> bool:
    """Make a personne a contact of a locked structure. False when she was one already."""
    connection = session.connection()
    there = select(_C.c.id).where(
        _C.c.structure_id == structure["id"], _C.c.personne_id == personne_id
    )
    if connection.execute(there).first() is not None:
        return False
    connection.execute(
        insert(_C).values(
            organisme_id=identity.organisme_id,
            structure_id=structure["id"],
            personne_id=personne_id,
            fonction=fonction,
        )
    )
    name = connection.execute(select(_P.c.nom).where(_P.c.id == personne_id)).scalar_one()
    champs = {"nom": {"avant": None, "apres": name}, "fonction": {"avant": None, "apres": fonction}}
    content = {"champs": champs, "personne": personne_id}
    STRUCTURES.note(connection, identity, structure, Fact(ADDED, now, content, key))
    return True


def _added_by(
    connection: Connection, identity: Identity, structure_id: int, key: str | None
) -> Found | None:
    """Whom this very form already added. Raises KeyReused if it did another thing."""
    found = find_by_key(connection, identity.organisme_id, key) if key else None
    if found is None:
        return None
    did = (found["subject_kind"], found["subject_id"], found["event"])
    line = line_of(connection, STRUCTURES.kind, structure_id, found["seq"])
    if did != (STRUCTURES.kind, structure_id, ADDED) or line is None:
        raise KeyReused
    known = PERSONNES.read(connection, identity.organisme_id, line.content["personne"])
    return Found(known["id"], known["nom"], created=True)


def modify_contact(
    session: Session,
    identity: Identity,
    structure_id: int,
    contact_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> None:
    """Change a contact of a structure and the personne behind it. Never commits.

    Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    structure = lock_structure(connection, identity.organisme_id, structure_id)
    contact = _contact(connection, structure_id, contact_id)
    fonction = _read(raw)["fonction"]
    own = {field.key: raw.get(field.key) for field in PERSONNE_FIELDS}
    modify_personne(session, identity, contact["personne_id"], own, now, version)
    if fonction != contact["fonction"]:
        connection.execute(update(_C).where(_C.c.id == contact_id).values(fonction=fonction))
        champs = {"fonction": {"avant": contact["fonction"], "apres": fonction}}
        content = {"champs": champs, "personne": contact["personne_id"], "nom": contact["nom"]}
        STRUCTURES.note(connection, identity, structure, Fact("contact_modifie", now, content))


def remove_contact(
    session: Session, identity: Identity, structure_id: int, contact_id: int, now: datetime
) -> None:
    """Take a personne off a structure's contacts. Never commits.

    The personne stays known: dossiers may be carried by her. Raises NotFound, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    structure = lock_structure(connection, identity.organisme_id, structure_id)
    contact = _contact(connection, structure_id, contact_id)
    connection.execute(delete(_C).where(_C.c.id == contact_id))
    champs = {"nom": {"avant": contact["nom"], "apres": None}}
    content = {"champs": champs, "personne": contact["personne_id"]}
    STRUCTURES.note(connection, identity, structure, Fact("contact_retire", now, content))


def _contact(connection: Connection, structure_id: int, id: int) -> dict[str, Any]:
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = (
        select(*_C.c, _P.c.nom)
        .join(_P, _P.c.id == _C.c.personne_id)
        .where(_C.c.structure_id == structure_id, _C.c.id == id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def _read(raw: Mapping[str, Raw]) -> dict[str, Any]:
    values, faults = parse_fields(CONTACT_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return values
