"""The prestataires that an organisme may consult: recorded, changed, set aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.dla.fiche import read_fiche
from grants.dla.tables import Prestataire
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.people import PERSONNES, find_or_create_personne, modify_personne
from workflow.database import table_of
from workflow.errors import Invalid
from workflow.field_contract import Raw

CREATED, CHANGED = "prestataire_cree", "prestataire_modifie"
_T = table_of(Prestataire)
PRESTATAIRES = Ledger(
    "prestataire",
    _T,
    {CREATED: "Prestataire enregistré", CHANGED: "Prestataire modifié"},
)


def record_prestataire(
    session: Session,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Record a prestataire; its id, or that of the one this very form (`key`) already made.

    Never commits. Raises Invalid with every fault, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    done = PRESTATAIRES.created_by(connection, identity.organisme_id, CREATED, key)
    if done is not None:
        return done
    own, contact = _read(connection, identity.organisme_id, raw, None)
    own["personne_id"] = _met(session, identity, contact, now)
    try:
        with connection.begin_nested():
            return PRESTATAIRES.create(connection, identity, own, Fact(CREATED, now, key=key))
    except IntegrityError:
        # Somebody else recorded it between the check and the insertion.
        _refuse_twin(connection, identity.organisme_id, own["siret"], None)
        raise


def modify_prestataire(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change what is known of a prestataire. True if anything did change. Never commits.

    Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = PRESTATAIRES.lock(connection, identity.organisme_id, id, version)
    own, contact = _read(connection, identity.organisme_id, raw, id)
    own["personne_id"], said = _kept(session, identity, row["personne_id"], contact, now)
    fact = Fact(CHANGED, now)
    try:
        with connection.begin_nested():
            changed = PRESTATAIRES.change(connection, identity, row, own, fact)
    except IntegrityError:
        _refuse_twin(connection, identity.organisme_id, own["siret"], id)
        raise
    return bool(changed) or said


def _kept(
    session: Session,
    identity: Identity,
    personne_id: int,
    contact: Mapping[str, Any],
    now: datetime,
) -> tuple[int, bool]:
    """Whom to write to from now on, and whether what is known of her was changed."""
    known = PERSONNES.read(session.connection(), identity.organisme_id, personne_id)
    if known["email"] != contact["email"]:
        return _met(session, identity, contact, now), False
    said = {"nom": contact["contact"], "civilite": known["civilite"]}
    said |= {key: contact[key] for key in ("email", "telephone")}
    return personne_id, modify_personne(session, identity, personne_id, said, now)


def _met(session: Session, identity: Identity, contact: Mapping[str, Any], now: datetime) -> int:
    who = (contact["contact"], contact["email"], contact["telephone"])
    return find_or_create_personne(session, identity, *who, now).id


def _read(
    connection: Connection, organisme_id: int, raw: Mapping[str, Raw], id: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    own, contact, faults = read_fiche(raw)
    if faults:
        raise Invalid(faults)
    _refuse_twin(connection, organisme_id, own["siret"], id)
    return own, contact


def _refuse_twin(connection: Connection, organisme_id: int, siret: str, id: int | None) -> None:
    same = select(_T.c.id, _T.c.nom).where(_T.c.organisme_id == organisme_id, _T.c.siret == siret)
    for row in connection.execute(same):
        if row.id != id:
            sentence = f"Ce SIRET est déjà celui de {row.nom} : modifiez sa fiche."
            raise Invalid({"siret": sentence})
