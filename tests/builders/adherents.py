"""Members of the association, in the tests."""

from __future__ import annotations

from sqlmodel import Session

from api.composition import default_engine
from grants.adherents.queries import AdherentFilters, adherents_of
from grants.adherents.service import record_adherent
from grants.organisation.identity import Identity
from tests.builders.offices import NOW


def an_adherent(session: Session, by: Identity, structure: int) -> int:
    """The member of an organisme; asked twice, it answers the same."""
    place = (session.connection(), by.organisme_id)
    if known := adherents_of(*place, AdherentFilters(), NOW.year):
        return known[0].id
    typed = {"structure_id": str(structure), "nature_iae": "aci", "debut": "2026-01-01"}
    return record_adherent(session, default_engine(), by, typed, NOW)
