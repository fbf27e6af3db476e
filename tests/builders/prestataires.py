"""Prestataires of the tests."""

from __future__ import annotations

from sqlmodel import Session

from grants.dla.annuaire import PrestataireFilters, prestataires_of
from grants.dla.prestataires import record_prestataire
from grants.organisation.identity import Identity
from tests.builders.offices import NOW

FICHE = {
    "nom": "Atelier des possibles",
    "siret": "732 829 320 00074",
    "contact": "Camille Aubrac",
    "email": "contact@possibles.example",
    "competences": ["gestion", "gouvernance"],
    "departements": "34, 30",
    "tarif_journalier": "800",
    "actif": "oui",
}


def a_prestataire(session: Session, by: Identity) -> int:
    """The prestataire of an organisme; asked twice, it answers the same."""
    known = prestataires_of(session.connection(), by.organisme_id, PrestataireFilters(), NOW.date())
    if known:
        return known[0].id
    mine = {**FICHE, "email": f"prestataire{by.organisme_id}@possibles.example"}
    return record_prestataire(session, by, mine, NOW)
