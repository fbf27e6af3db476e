"""The comités of an organisme: named, ruled, and changed with a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from grants.comites.mots import AVIS, DECISION, PILOTAGE
from grants.comites.regles import REGLE_FIELDS, Regles, load_regles
from grants.comites.tables import Comite
from grants.organisation.identity import Identity, software
from grants.organisation.ledger import Fact, Ledger
from workflow.database import table_of
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

CREATED, CHANGED = "comite_cree", "comite_modifie"
COMITES_LEDGER = Ledger(
    "comite", table_of(Comite), {CREATED: "Comité créé", CHANGED: "Comité modifié"}
)
NATURES = {
    DECISION: "Il décide des aides (CTS)",
    AVIS: "Il donne un avis (comité d’appui)",
    PILOTAGE: "Il suit le dispositif (comité de pilotage)",
}
#: The collèges of the report of 2009 [R]; each organisme has its own list.
COLLEGES = ("Financeurs", "Collectivités locales", "Associations", "Banques", "Fondations")
_C = table_of(Comite)

COMITE_FIELDS = (
    Field(
        key="nom",
        label="Nom",
        type="texte",
        required=True,
        longest=60,
        help="Le nom court de l’instance, comme CTS ou Comité d’appui.",
    ),
    Field(
        key="nature",
        label="Rôle",
        type="choix",
        required=True,
        choices=tuple(Choice(key=key, label=label) for key, label in NATURES.items()),
    ),
    Field(
        key="colleges",
        label="Collèges",
        type="texte_long",
        help="Un par ligne : au titre de quoi les membres siègent.",
        longest=1000,
    ),
    *REGLE_FIELDS,
)
_OWN = ("nom", "nature", "colleges")


def create_comite(
    session: Session,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Create a comité; its id. Never commits. Raises Invalid with every fault, DirectionOnly."""
    identity.require_direction()
    connection = session.connection()
    done = COMITES_LEDGER.created_by(connection, identity.organisme_id, CREATED, key)
    if done is not None:
        return done
    values = _read(connection, identity.organisme_id, {**_defaults(), **raw}, None)
    return COMITES_LEDGER.create(
        connection, identity, {**values, "actif": True}, Fact(CREATED, now, key=key)
    )


def modify_comite(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change a comité; séances already convened keep their rules. True if anything changed.

    Never commits. Raises Invalid with every fault, NotFound, Stale, DirectionOnly.
    """
    identity.require_direction()
    connection = session.connection()
    row = COMITES_LEDGER.lock(connection, identity.organisme_id, id, version)
    values = _read(connection, identity.organisme_id, {**form_of(row), **raw}, id)
    return bool(COMITES_LEDGER.change(connection, identity, row, values, Fact(CHANGED, now)))


def comites_of(connection: Connection, organisme_id: int) -> list[dict[str, Any]]:
    """The comités of an organisme, by name."""
    query = select(*_C.c).where(_C.c.organisme_id == organisme_id, _C.c.actif).order_by(_C.c.nom)
    return [dict(row) for row in connection.execute(query).mappings()]


def find_comite(connection: Connection, organisme_id: int, nom: str) -> dict[str, Any] | None:
    """The comité of that name."""
    query = select(*_C.c).where(_C.c.organisme_id == organisme_id, _C.c.nom == nom)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def colleges_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The collèges of a comité, in its order."""
    return tuple(line.strip() for line in row["colleges"].splitlines() if line.strip())


def form_of(row: Mapping[str, Any]) -> dict[str, Raw]:
    """A comité as its form would send it back."""
    return {**{key: row[key] for key in _OWN}, **_rules_form(load_regles(row["regles"]))}


def new_comite_form() -> dict[str, Any]:
    """What the form of a new comité proposes: it decides, by the usual rules."""
    return {"nature": DECISION, "colleges": "\n".join(COLLEGES), **asdict(Regles())}


def _defaults() -> dict[str, Raw]:
    return {"nature": DECISION, "colleges": "\n".join(COLLEGES), **_rules_form(Regles())}


def _rules_form(regles: Regles) -> dict[str, Raw]:
    types = {field.key: FIELD_TYPES[field.type] for field in REGLE_FIELDS}
    return {key: types[key].form(value) for key, value in asdict(regles).items() if key in types}


def _read(
    connection: Connection, organisme_id: int, raw: Mapping[str, Raw], id: int | None
) -> dict[str, Any]:
    values, faults = parse_fields(COMITE_FIELDS, raw, FIELD_TYPES)
    if "nom" not in faults and _is_taken(connection, organisme_id, values["nom"], id):
        faults["nom"] = "Un autre comité porte déjà ce nom. Donnez-lui-en un autre."
    if faults:
        raise Invalid(faults)
    rules = {key: value for key, value in values.items() if key not in _OWN}
    kept = {key: values[key] or "" for key in _OWN}
    return {**kept, "regles": replace(Regles(), **rules, nature=values["nature"]).dump()}


def _is_taken(connection: Connection, organisme_id: int, nom: str, id: int | None) -> bool:
    query = select(_C.c.id).where(
        _C.c.organisme_id == organisme_id, func.lower(_C.c.nom) == nom.lower()
    )
    return any(found != id for found in connection.execute(query).scalars())


def comite_named(session: Session, identity: Identity, nom: str, now: datetime) -> dict[str, Any]:
    """The comité of that name; written for the first time, it is created with the default rules.

    Its direction then names its members and sets its rules in Paramètres. Never commits.
    """
    connection = session.connection()
    known = find_comite(connection, identity.organisme_id, nom)
    if known is not None:
        return known
    by = software(identity.organisme_id)
    create_comite(session, by, {"nom": nom}, now)
    created = find_comite(connection, identity.organisme_id, nom)
    assert created is not None, "created in this very transaction"
    return created
