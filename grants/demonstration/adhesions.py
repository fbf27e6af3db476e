"""The members of a demonstration, told again by the services that people use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from grants.adherents.service import note_fee, record_adherent
from grants.demonstration.abreges import AdherentDit
from grants.demonstration.installation import Installed
from workflow.dates import to_paris
from workflow.engine import Engine


def join(
    session: Session,
    engine: Engine,
    place: Installed,
    told: AdherentDit,
    structures: Mapping[str, int],
    at: datetime,
) -> None:
    """A structure that is known becomes a member, and its fee of the year is noted.

    Raises KeyError for a structure that no dossier has brought yet, Invalid.
    """
    raw = {
        "structure_id": str(structures[told.structure]),
        "nature_iae": told.nature or "",
        "college": told.college,
        "debut": told.debut.isoformat(),
    }
    id = record_adherent(session, engine, place.prepare, raw, at)
    if told.cotisation is None:
        return
    fee = {"annee": str(to_paris(at).year), "due": told.cotisation, "payee": "0"}
    if told.payee_le is not None:
        fee |= {"payee": told.cotisation, "payee_le": told.payee_le.isoformat()}
    note_fee(session, engine, place.prepare, id, fee, at)
