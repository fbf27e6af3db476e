"""Who carries a dossier: its porteur and its structure, changed while it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import read_subject
from grants.dossiers.staleness import stale
from grants.dossiers.writing import store
from grants.organisation.identity import Identity
from grants.organisation.people import PERSONNES, find_or_create_personne, modify_personne
from grants.structures.contacts import attach
from grants.structures.service import lock_structure
from grants.structures.vocabulary import structure_label
from workflow.database import LARGEST_ID
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.field_contract import Raw
from workflow.subject import Subject

EVENT = "porteur_modifie"


@dataclass(frozen=True, slots=True)
class Carriers:
    """What somebody typed of the porteur, by key of PERSONNE_FIELDS, and the structure chosen.

    `version`: the dossier's that was seen. The porteur has one of its own, `personne_version`:
    other dossiers and the structure's page change it too.
    """

    porteur: Mapping[str, Raw]
    structure_id: int | None = None
    version: int | None = None
    personne_version: int | None = None


def carry(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    carriers: Carriers,
    now: datetime,
) -> Subject:
    """Correct the porteur, and say which structure it is for.

    Never commits. Raises NotFound, Stale, Invalid with every fault.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    if carriers.version not in (None, subject.lock_version):
        raise stale(connection, engine, subject)
    structure_id = carriers.structure_id
    faults: dict[str, str] = {}
    name = _structure_name(connection, identity, structure_id, faults)
    porteur_id, said = subject.row["porteur_id"], {}
    try:
        porteur_id, said = _porteur(session, identity, subject, carriers, now)
    except Invalid as error:
        faults |= error.faults
    if faults:
        raise Invalid(faults)
    changes = {"porteur_id": porteur_id, "structure_id": structure_id}
    if structure_id != subject.row["structure_id"]:
        said["structure"] = {"avant": subject.row["structure_nom"], "apres": name}
    if not said:
        return subject
    if structure_id is not None and changes != {key: subject.row[key] for key in changes}:
        # The porteur is from now on one of the structure's contacts.
        structure = lock_structure(connection, identity.organisme_id, structure_id)
        attach(session, identity, structure, porteur_id, None, now)
    record_fact(session, engine, subject, identity, EVENT, {"changements": said}, now)
    store(connection, engine, subject, changes)
    fresh = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    settle(session, engine, fresh, now)
    return fresh


def _porteur(
    session: Session,
    identity: Identity,
    subject: Subject,
    carriers: Carriers,
    now: datetime,
) -> tuple[int, dict[str, Any]]:
    """Who carries the dossier, and what the journal says where that changed."""
    row, connection = subject.row, session.connection()
    before = _described(row["porteur_nom"], row["porteur_email"], row["porteur_telephone"])
    found = row["porteur_id"]
    if found is not None:
        modify_personne(session, identity, found, carriers.porteur, now, carriers.personne_version)
    else:
        parts = (_text(carriers.porteur, key) for key in ("nom", "email", "telephone"))
        civilite = _text(carriers.porteur, "civilite")
        found = find_or_create_personne(session, identity, *parts, now, civilite).id
    kept = PERSONNES.read(connection, identity.organisme_id, found)
    after = _described(kept["nom"], kept["email"], kept["telephone"])
    return found, {} if before == after else {"porteur": {"avant": before, "apres": after}}


def _structure_name(
    connection: Connection, identity: Identity, id: int | None, faults: dict[str, str]
) -> str | None:
    """The name of the structure chosen, or a fault."""
    if id is None:
        return None
    known = 0 < id <= LARGEST_ID and structure_label(connection, identity.organisme_id, id)
    if known:
        return known
    faults["structure"] = "Choisissez une structure dans la liste."
    return None


def _text(raw: Mapping[str, Raw], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _described(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None
