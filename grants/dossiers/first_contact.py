"""A new contact in one go: the porteur, the structure if there is one, and the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.dossiers.answers import read_fields
from grants.dossiers.opening import Opening, open_dossier, opened_by
from grants.organisation.identity import Identity
from grants.organisation.people import CIVILITE, find_or_create_personne
from grants.structures.contacts import attach
from grants.structures.service import check_structure, create_structure, lock_structure
from grants.structures.vocabulary import structure_label
from workflow.database import LARGEST_ID
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.field_contract import Raw
from workflow.journal import find_by_key
from workflow.pipeline import Choice, Field
from workflow.subject import Subject

ORIGINES = (
    Choice(key="telephone", label="Appel téléphonique"),
    Choice(key="e_mail", label="E-mail"),
    Choice(key="partenaire", label="Envoyé par un partenaire"),
    Choice(key="reunion", label="Réunion d'information"),
    Choice(key="site", label="Site internet"),
    Choice(key="bouche_a_oreille", label="Bouche-à-oreille"),
    Choice(key="autre", label="Autre"),
)
DOSSIER_FIELDS = (
    Field(key="pipeline", label="Dispositif", type="texte", longest=40, required=True),
    Field(key="contact_le", label="Date du contact", type="date", required=True),
    Field(key="origine", label="Comment nous a-t-on connus ?", type="choix", choices=ORIGINES),
    Field(
        key="titre",
        label="Le projet en quelques mots",
        type="texte",
        longest=200,
        required=True,
        help="Une ligne suffit : « Garage solidaire à Vence ».",
    ),
    Field(key="commune", label="Commune", type="texte", longest=120),
    Field(key="departement", label="Département", type="departement"),
    Field(
        key="montant_demande", label="Aide demandée, si elle est connue", type="montant", minimum=1
    ),
)
PORTEUR_FIELDS = (
    Field(key="porteur_nom", label="Nom et prénom", type="texte", longest=120, required=True),
    Field(key="porteur_email", label="E-mail", type="email"),
    Field(key="porteur_telephone", label="Téléphone", type="telephone"),
    CIVILITE.model_copy(update={"key": "porteur_civilite"}),
)
STRUCTURE_FIELDS = (
    Field(key="structure_nom", label="Nom", type="texte", longest=200),
    Field(key="structure_siret", label="SIRET", type="siret"),
    Field(key="structure_rna", label="Numéro RNA", type="rna"),
)
SUIVI_FIELDS = (Field(key="referent", label="Référent", type="collegue"),)
#: The id of no structure at all: what was chosen could not even be read.
NO_STRUCTURE = 0
EVERY_FIELD = (*DOSSIER_FIELDS, *PORTEUR_FIELDS, *STRUCTURE_FIELDS, *SUIVI_FIELDS)


@dataclass(frozen=True, slots=True)
class FirstContact:
    """The form as typed. `structure_id`: the known structure that was recognised, if any."""

    answers: Mapping[str, Raw]
    structure_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The dossier opened, and the cap that its request exceeds, if it does (in cents)."""

    dossier_id: int
    reference: str
    over_cap: int | None = None


def read_first_contact(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    contact: FirstContact,
    now: datetime,
) -> dict[str, Any]:
    """The typed answers. Raises Invalid with every fault by field.

    Whether the structure is known already is asked apart: there, somebody chooses.
    """
    values, faults = _read(connection, engine, identity, contact, now)
    if faults:
        raise Invalid(faults)
    return values


def _read(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    contact: FirstContact,
    now: datetime,
) -> tuple[dict[str, Any], dict[str, str]]:
    values, _labels, faults = read_fields(
        connection, engine, identity.organisme_id, EVERY_FIELD, contact.answers
    )
    if values.get("pipeline") and engine.catalogue.latest(values["pipeline"]) is None:
        faults["pipeline"] = "Choisissez un dispositif dans la liste."
    day = values.get("contact_le")
    if day is not None and day > to_paris(now).date():
        faults["contact_le"] = "Cette date est dans le futur. Indiquez le jour du contact."
    if contact.structure_id is None and not values.get("structure_nom"):
        for key in ("structure_siret", "structure_rna"):
            if values.get(key):
                faults["structure_nom"] = "Donnez aussi le nom de cette structure."
    elif contact.structure_id is not None and not _known(connection, identity, contact):
        faults["structure_nom"] = "Cette structure n'existe plus. Choisissez-en une autre."
    return values, faults


def was_used(connection: Connection, identity: Identity, key: str | None) -> bool:
    """Whether a form with this key was taken already. Raises KeyReused for what is not a key."""
    return key is not None and find_by_key(connection, identity.organisme_id, key) is not None


def record_contact(
    session: Session, engine: Engine, identity: Identity, contact: FirstContact, now: datetime
) -> Opened:
    """Open the dossier of a new contact. Never commits. Raises Invalid, ReadOnly, KeyReused."""
    identity.require_writer()
    connection = session.connection()
    # Before anything is written: the same click twice must not make two persons either.
    already = opened_by(connection, engine, identity, contact.key)
    if already is not None:
        return _opened(already)
    values, faults = _read(connection, engine, identity, contact, now)
    if contact.structure_id is None and values.get("structure_nom"):
        faults = {**_structure_faults(connection, identity, values), **faults}
    if faults:
        raise Invalid(faults)
    porteur = _porteur(session, identity, values, now)
    structure_id = _structure(session, identity, contact, values, now)
    if structure_id is not None:
        structure = lock_structure(connection, identity.organisme_id, structure_id)
        attach(session, identity, structure, porteur, None, now)
    project = ("titre", "commune", "departement", "montant_demande")
    opening = Opening(
        pipeline=values["pipeline"],
        opened_on=values["contact_le"],
        porteur_id=porteur,
        structure_id=structure_id,
        referent_id=values.get("referent"),
        origin=values.get("origine"),
        values={key: values[key] for key in project if values.get(key) is not None},
        key=contact.key,
    )
    return _opened(open_dossier(session, engine, identity, opening, now))


def _opened(subject: Subject) -> Opened:
    asked, cap = subject.row["montant_demande"], subject.row["plafond"]
    over = cap if asked is not None and cap is not None and asked > cap else None
    return Opened(subject.id, subject.row["reference"], over)


def _known(connection: Connection, identity: Identity, contact: FirstContact) -> bool:
    if contact.structure_id is None or not 0 < contact.structure_id <= LARGEST_ID:
        return False
    return structure_label(connection, identity.organisme_id, contact.structure_id) is not None


def _porteur(session: Session, identity: Identity, values: Mapping[str, Any], now: datetime) -> int:
    try:
        found = find_or_create_personne(
            session,
            identity,
            values["porteur_nom"],
            values.get("porteur_email"),
            values.get("porteur_telephone"),
            now,
            values.get("porteur_civilite"),
        )
    except Invalid as error:
        faults = {f"porteur_{key}": fault for key, fault in error.faults.items()}
        raise Invalid(faults) from error
    return found.id


def _structure(
    session: Session,
    identity: Identity,
    contact: FirstContact,
    values: Mapping[str, Any],
    now: datetime,
) -> int | None:
    if contact.structure_id is not None or not values.get("structure_nom"):
        return contact.structure_id
    try:
        return create_structure(session, identity, _new_structure(values), now)
    except Invalid as error:
        raise Invalid(_of_the_structure(error.faults)) from error


def _structure_faults(
    connection: Connection, identity: Identity, values: Mapping[str, Any]
) -> dict[str, str]:
    """What the structure itself would be refused for: another one has its SIRET, its RNA."""
    try:
        check_structure(connection, identity, _new_structure(values))
    except Invalid as error:
        return _of_the_structure(error.faults)
    return {}


def _new_structure(values: Mapping[str, Any]) -> dict[str, Any]:
    asked = {"nom": "structure_nom", "siret": "structure_siret", "rna": "structure_rna"}
    same = {key: key for key in ("commune", "departement")}
    return {key: values.get(name) for key, name in (asked | same).items()}


def _of_the_structure(faults: Mapping[str, str]) -> dict[str, str]:
    """A structure's faults, under the names that this form gives its fields."""
    names = {field.key for field in EVERY_FIELD}
    return {
        key if key in names else f"structure_{key}": sentence for key, sentence in faults.items()
    }
