"""What the examples say of members, of the time spent on structures, and of prestataires."""

from __future__ import annotations

from typing import Any

from api.v1.examples_dla import OF_THE_DLA

_MONDAY = "2026-03-09"
#: What a shape says of a property, as in `examples.py`.
OF_THE_FIELD: dict[str, Any] = {
    **OF_THE_DLA,
    "Adherent.college": "Employeurs",
    "Adherent.debut": "2026-01-01",
    "Adherent.due": 15_000,
    "Adherent.fin": None,
    "Adherent.nature_iae": "aci",
    "Adherent.nom": "Les Jardins du Lez",
    "Adherent.payee": 15_000,
    "Adherent.payee_le": "2026-03-02",
    "Adherent.personne_id": None,
    "Adherent.structure_id": 12,
    "Cotisation.annee": 2026,
    "Cotisation.due": 15_000,
    "Cotisation.payee": 15_000,
    "Cotisation.payee_le": "2026-03-02",
    "Intervention.dispositif": "iae",
    "Intervention.km": 24,
    "Intervention.minutes": 90,
    "Intervention.nature": "visite",
    "Intervention.note": "Point sur la convention de l’année.",
    "Prestataire.comites": [],
    "Prestataire.competences": ["gestion", "projet"],
    "Prestataire.contact": "Inès Valmale",
    "Prestataire.departements": ["34", "30"],
    "Prestataire.nom": "Les Possibles",
    "Prestataire.realisations": "Projet associatif d’une régie de quartier, 2025.",
    "Prestataire.secteurs": ["insertion_emploi"],
    "Prestataire.tarif_journalier": 72_000,
    "SemaineInterventions.lundi": _MONDAY,
    "Suggestion.raisons": ["Compétences demandées : gestion."],
    "Suggestion.reserves": ["N’intervient pas dans le Gard."],
    "TotalInterventions.km": 310,
    "TotalInterventions.minutes": 1260,
    "TotalInterventions.structures": 9,
}
