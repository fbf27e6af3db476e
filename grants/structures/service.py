"""What is done with structures: recorded, changed, each value before and after in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.people import sorting_key
from grants.structures.departements import DEPARTEMENT
from grants.structures.nomenclature import FORMES_JURIDIQUES, SECTEURS
from grants.structures.postcodes import CODE_POSTAL, departement_of
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.errors import DomainError, Invalid
from workflow.fields import Raw, field_type_registry, parse_fields
from workflow.pipeline import Field

_S = table_of(Structure)
_TYPES = field_type_registry(DEPARTEMENT, CODE_POSTAL)
_UNIQUE = {"siret": "Ce SIRET", "rna": "Ce numéro RNA"}

CREATED = "structure_creee"
STRUCTURES = Ledger(
    "structure",
    _S,
    {
        CREATED: "Structure enregistrée",
        "structure_modifiee": "Fiche modifiée",
        "contact_ajoute": "Contact ajouté",
        "contact_modifie": "Contact modifié",
        "contact_retire": "Contact retiré",
        "structure_fusionnee": "Fusionnée avec une autre",
        "structure_absorbee": "Absorbée par une autre",
        "fusion_annulee": "Fusion annulée",
    },
)

#: An effectif is in hundredths of a full-time equivalent.
LARGEST_EFFECTIF = 100_000_00

STRUCTURE_FIELDS = (
    Field(key="nom", label="Nom de la structure", type="texte", required=True, longest=200),
    Field(
        key="siret",
        label="SIRET",
        type="siret",
        help="14 chiffres. Laissez vide tant que la structure n'est pas immatriculée.",
    ),
    Field(
        key="rna",
        label="Numéro RNA",
        type="rna",
        help="Pour une association : un W suivi de 9 chiffres, sur le récépissé de la préfecture.",
    ),
    Field(key="forme_juridique", label="Statut", type="choix", choices=FORMES_JURIDIQUES),
    Field(key="secteur", label="Secteur d'activité", type="choix", choices=SECTEURS),
    Field(
        key="effectif",
        label="Effectif salarié (ETP)",
        type="nombre",
        maximum=LARGEST_EFFECTIF,
        help="En équivalents temps plein, comme 3,5.",
    ),
    Field(key="adresse", label="Adresse", type="texte_long", longest=500),
    Field(key="code_postal", label="Code postal", type="code_postal"),
    Field(key="commune", label="Commune", type="texte", longest=120),
    Field(
        key="departement",
        label="Département",
        type="departement",
        help="Laissé vide, il est déduit du code postal.",
    ),
    Field(key="telephone", label="Téléphone", type="telephone"),
    Field(key="email", label="E-mail", type="email"),
    Field(key="site", label="Site internet", type="url", longest=300),
)
#: The column that holds an answer, where the two names differ.
COLUMN_OF = {"effectif": "effectif_centiemes"}


class StructureMerged(DomainError):
    """« {nom} » a été fusionnée avec une autre structure : c’est celle-là qui se modifie."""

    code = "structure_fusionnee"


def create_structure(
    session: Session,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Record a structure; its id, or that of the one this very form (`key`) already made.

    Never commits. Raises Invalid with every fault, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    done = already_recorded(connection, identity, key)
    if done is not None:
        return done
    fact = Fact(CREATED, now, key=key)
    values = _read(connection, identity.organisme_id, raw)
    try:
        with connection.begin_nested():
            return STRUCTURES.create(connection, identity, values, fact)
    except IntegrityError:
        # Somebody else recorded it between the check and the insertion.
        done = already_recorded(connection, identity, key)
        if done is not None:
            return done
        _refuse_twins(connection, identity.organisme_id, values, {})
        raise


def already_recorded(connection: Connection, identity: Identity, key: str | None) -> int | None:
    """The structure that this very form already recorded. Raises KeyReused."""
    return STRUCTURES.created_by(connection, identity.organisme_id, CREATED, key)


def check_structure(connection: Connection, identity: Identity, raw: Mapping[str, Raw]) -> None:
    """Read what was typed of a new structure. Raises Invalid with every fault, ReadOnly."""
    identity.require_writer()
    _read(connection, identity.organisme_id, raw)


def modify_structure(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change the fiche of a structure. True if anything did change. Never commits.

    Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = lock_structure(connection, identity.organisme_id, id, version)
    values = _read(connection, identity.organisme_id, raw, id)
    fact = Fact("structure_modifiee", now)
    try:
        with connection.begin_nested():
            return bool(STRUCTURES.change(connection, identity, row, values, fact))
    except IntegrityError:
        _refuse_twins(connection, identity.organisme_id, values, {}, id)
        raise


def lock_structure(
    connection: Connection, organisme_id: int, id: int, version: int | None = None
) -> dict[str, Any]:
    """The structure that this transaction will change. Raises NotFound, Stale, StructureMerged."""
    row = STRUCTURES.lock(connection, organisme_id, id, version)
    if row["absorbee_par_id"] is not None:
        raise StructureMerged(nom=row["nom"])
    return row


def answers_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of STRUCTURE_FIELDS kept on a row, by field key."""
    return {field.key: row[COLUMN_OF.get(field.key, field.key)] for field in STRUCTURE_FIELDS}


def field_of_column(column: str) -> Field | None:
    """The question that a column answers, if any."""
    keys = {COLUMN_OF.get(field.key, field.key): field for field in STRUCTURE_FIELDS}
    return keys.get(column)


def _read(
    connection: Connection, organisme_id: int, raw: Mapping[str, Raw], id: int | None = None
) -> dict[str, Any]:
    answers, faults = parse_fields(STRUCTURE_FIELDS, raw, _TYPES)
    values = {COLUMN_OF.get(key, key): value for key, value in answers.items()}
    _refuse_twins(connection, organisme_id, values, faults, id)
    if values["departement"] is None and values["code_postal"]:
        values["departement"] = departement_of(values["code_postal"])
    return {**values, "nom_cle": sorting_key(values["nom"])}


def _refuse_twins(
    connection: Connection,
    organisme_id: int,
    values: Mapping[str, Any],
    faults: Mapping[str, str],
    id: int | None = None,
) -> None:
    """Raise Invalid with the faults found so far and the numbers that another structure has."""
    found = dict(faults)
    for column, what in _UNIQUE.items():
        if values.get(column) is None:
            continue
        query = select(_S.c.nom).where(
            _S.c.organisme_id == organisme_id, _S.c[column] == values[column], _S.c.id != (id or 0)
        )
        twin = connection.execute(query).scalar_one_or_none()
        if twin is not None:
            found[column] = f"{what} est déjà celui de « {twin} »."
    if found:
        raise Invalid(found)
