"""Members: recorded, changed; their fees noted, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from grants.adherents.fiche import ADHERENT_FIELDS, COTISATION_FIELDS
from grants.adherents.tables import Adherent, Cotisation
from grants.dossiers.answers import read_fields
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.tables import Personne
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.field_contract import Raw

CREATED, CHANGED = "adherent_cree", "adherent_modifie"
NOTED, AMENDED = "cotisation_notee", "cotisation_modifiee"
_A, _C = table_of(Adherent), table_of(Cotisation)
_S, _P = table_of(Structure), table_of(Personne)
ADHERENTS = Ledger("adherent", _A, {CREATED: "Adhésion enregistrée", CHANGED: "Adhésion modifiée"})
COTISATIONS = Ledger("cotisation", _C, {NOTED: "Cotisation notée", AMENDED: "Cotisation modifiée"})


def record_adherent(
    session: Session,
    engine: Engine,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Record a member; its id. The same key records it once. Never commits.

    Raises Invalid with every fault, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    done = ADHERENTS.created_by(connection, organisme_id, CREATED, key)
    if done is not None:
        return done
    values = _read(connection, engine, organisme_id, raw, None)
    return ADHERENTS.create(connection, identity, values, Fact(CREATED, now, key=key))


def modify_adherent(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change a membership, its end above all. True if anything changed. Never commits.

    Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = ADHERENTS.lock(connection, organisme_id, id, version)
    values = _read(connection, engine, organisme_id, raw, id)
    return bool(ADHERENTS.change(connection, identity, row, values, Fact(CHANGED, now)))


def note_fee(
    session: Session,
    engine: Engine,
    identity: Identity,
    adherent_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> bool:
    """Say what a member owes and paid for a year, once more if it was said. Never commits.

    True if anything changed. Raises Invalid with every fault, NotFound, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    member = ADHERENTS.lock(connection, organisme_id, adherent_id)
    if COTISATIONS.created_by(connection, organisme_id, NOTED, key) is not None:
        return False
    values, _labels, faults = read_fields(connection, engine, organisme_id, COTISATION_FIELDS, raw)
    values["payee"] = values.get("payee") or 0
    faults |= _fee_faults(values, faults, member, now)
    if faults:
        raise Invalid(faults)
    same = select(_C.c.id).where(_C.c.adherent_id == adherent_id, _C.c.annee == values["annee"])
    known = connection.execute(same).scalar_one_or_none()
    if known is None:
        row = {"payee_le": None, **values, "adherent_id": adherent_id}
        COTISATIONS.create(connection, identity, row, Fact(NOTED, now, key=key))
        return True
    row = COTISATIONS.lock(connection, organisme_id, known)
    fact = Fact(AMENDED, now, key=key)
    return bool(COTISATIONS.change(connection, identity, row, values, fact))


def _fee_faults(
    values: Mapping[str, Any], faults: Mapping[str, str], member: Mapping[str, Any], now: datetime
) -> dict[str, str]:
    """A year of the membership, and money that came on a day that has come."""
    found: dict[str, str] = {}
    year, paid, day = values.get("annee"), values["payee"], values.get("payee_le")
    last = (member["fin"] or date.max).year
    if year is not None and not member["debut"].year <= year <= last:
        found["annee"] = "L’adhésion ne couvre pas cette année. Corrigez l’une ou l’autre."
    if paid and day is None and "payee_le" not in faults:
        found["payee_le"] = "Indiquez le jour du paiement."
    if day is not None and not paid and "payee" not in faults:
        found["payee"] = "Indiquez la somme payée ce jour-là."
    if day is not None and day > to_paris(now).date():
        found["payee_le"] = "Cette date est à venir. Un paiement se note une fois reçu."
    return found


def _read(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    raw: Mapping[str, Raw],
    id: int | None,
) -> dict[str, Any]:
    given, _labels, faults = read_fields(connection, engine, organisme_id, ADHERENT_FIELDS, raw)
    values = {field.key: given.get(field.key) for field in ADHERENT_FIELDS}
    structure, personne = values["structure_id"], values["personne_id"]
    if not faults.keys() & {"structure_id", "personne_id"}:
        if structure is None and personne is None:
            faults["structure_id"] = "Choisissez la structure ou la personne qui adhère."
        if structure is not None and personne is not None:
            faults["personne_id"] = "C’est la structure ou la personne qui adhère, pas les deux."
    if values["nature_iae"] and structure is None and "structure_id" not in faults:
        faults["nature_iae"] = (
            "Une personne n’est pas une structure de l’insertion. Videz ce choix."
        )
    start, end = values["debut"], values["fin"]
    if start and end and end < start:
        faults["fin"] = "L’adhésion finirait avant de commencer. Corrigez l’une des deux dates."
    if not faults:
        faults |= _twice(connection, organisme_id, values, id)
    if faults:
        raise Invalid(faults)
    return values


def _twice(
    connection: Connection, organisme_id: int, values: Mapping[str, Any], id: int | None
) -> dict[str, str]:
    """Nobody is a member twice on one day, also when two windows are typed in at once."""
    name, table = ("structure_id", _S) if values["structure_id"] else ("personne_id", _P)
    connection.execute(select(table.c.id).where(table.c.id == values[name]).with_for_update())
    others = select(_A.c.id, _A.c.debut, _A.c.fin).where(
        _A.c.organisme_id == organisme_id, _A.c[name] == values[name], _A.c.id != (id or 0)
    )
    start, end = values["debut"], values["fin"] or date.max
    for row in connection.execute(others):
        if row.debut <= end and start <= (row.fin or date.max):
            told = f"du {format_date(row.debut)} au {format_date(row.fin)}" if row.fin else ""
            when = told or f"depuis le {format_date(row.debut)}"
            return {"debut": f"Déjà adhérent {when}. Modifiez cette adhésion-là, ou ces dates."}
    return {}
