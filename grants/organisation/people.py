"""Personnes: the human beings that an organisme knows, told apart by their e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.tables import Personne
from workflow.database import table_of
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field
from workflow.texts import fold

LONGEST_KEY = 400
_P = table_of(Personne)

PERSONNES = Ledger(
    "personne",
    _P,
    {
        "personne_creee": "Personne enregistrée",
        "personne_modifiee": "Coordonnées modifiées",
        "adresse_suspendue": "Adresse suspendue",
        "adresse_retablie": "Adresse rétablie",
    },
)

CIVILITE = Field(
    key="civilite",
    label="Civilité",
    type="choix",
    choices=(Choice(key="madame", label="Madame"), Choice(key="monsieur", label="Monsieur")),
    help="Sans réponse, les courriers commencent par « Madame, Monsieur ».",
)
PERSONNE_FIELDS = (
    Field(key="nom", label="Nom et prénom", type="texte", required=True, longest=120),
    Field(key="email", label="E-mail", type="email"),
    Field(key="telephone", label="Téléphone", type="telephone"),
    CIVILITE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """The personne that answers to what was typed.

    `nom` is the name she is known under. `differs` names what was typed otherwise than it is
    known (« nom », « telephone », « civilite »): what is known was kept.
    """

    id: int
    nom: str
    created: bool
    differs: tuple[str, ...] = ()


def sorting_key(name: str) -> str:
    """What a name is sorted and searched by."""
    return fold(name)[:LONGEST_KEY]


def find_or_create_personne(
    session: Session,
    identity: Identity,
    nom: str,
    email: str | None,
    telephone: str | None,
    now: datetime,
    civilite: str | None = None,
) -> Found:
    """The personne of the organisme who has this e-mail, or a new one. Never commits.

    Without an e-mail, the same name with the same telephone is the same personne. A telephone or
    a civilité that was not known yet is added. Raises Invalid with every fault, ReadOnly.
    """
    identity.require_writer()
    values = _read({"nom": nom, "email": email, "telephone": telephone, "civilite": civilite})
    connection = session.connection()
    known = _known(connection, identity.organisme_id, values)
    if known is not None:
        return _met_again(connection, identity, known, values, now)
    row = {**values, "nom_cle": sorting_key(values["nom"])}
    try:
        with connection.begin_nested():
            id = PERSONNES.create(connection, identity, row, Fact("personne_creee", now))
    except IntegrityError:
        # Somebody else has just recorded the same e-mail.
        known = _known(connection, identity.organisme_id, values)
        if known is None:
            raise
        return _met_again(connection, identity, known, values, now)
    return Found(id, values["nom"], created=True)


def modify_personne(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change what is known of somebody. True if anything did change. Never commits.

    Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = PERSONNES.lock(connection, identity.organisme_id, id, version)
    values = _read(raw)
    taken = _by_email(connection, identity.organisme_id, values["email"])
    if taken is not None and taken["id"] != id:
        raise Invalid({"email": f"Cette adresse est déjà celle de {taken['nom']}."})
    values["nom_cle"] = sorting_key(values["nom"])
    return bool(PERSONNES.change(connection, identity, row, values, Fact("personne_modifiee", now)))


def _read(raw: Mapping[str, Raw]) -> dict[str, Any]:
    values, faults = parse_fields(PERSONNE_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return values


def _known(
    connection: Connection, organisme_id: int, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    if values["email"]:
        return _by_email(connection, organisme_id, values["email"])
    if not values["telephone"]:
        return None
    query = select(*_P.c).where(
        _P.c.organisme_id == organisme_id,
        _P.c.nom_cle == sorting_key(values["nom"]),
        _P.c.telephone == values["telephone"],
    )
    row = connection.execute(query.order_by(_P.c.id)).mappings().first()
    return None if row is None else dict(row)


def _by_email(
    connection: Connection, organisme_id: int, email: str | None
) -> dict[str, Any] | None:
    if email is None:
        return None
    query = select(*_P.c).where(_P.c.organisme_id == organisme_id, _P.c.email == email)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _met_again(
    connection: Connection,
    identity: Identity,
    known: Mapping[str, Any],
    values: Mapping[str, Any],
    now: datetime,
) -> Found:
    differs = []
    if sorting_key(values["nom"]) != known["nom_cle"]:
        differs.append("nom")
    added: dict[str, Any] = {}
    for key in ("telephone", "civilite"):
        if values[key] and known[key] is None:
            added[key] = values[key]
        elif values[key] and values[key] != known[key]:
            differs.append(key)
    if added:
        row = PERSONNES.lock(connection, identity.organisme_id, known["id"])
        PERSONNES.change(connection, identity, row, added, Fact("personne_modifiee", now))
    return Found(known["id"], known["nom"], created=False, differs=tuple(differs))
