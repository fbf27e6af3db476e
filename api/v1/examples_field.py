"""What the examples say of the time spent on structures, and of prestataires."""

from __future__ import annotations

from typing import Any

_MONDAY = "2026-03-09"
#: What a shape says of a property, as in `examples.py`.
OF_THE_FIELD: dict[str, Any] = {
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
