"""The lists that a structure is described with: legal forms and sectors of activity."""

from __future__ import annotations

from workflow.pipeline import Choice

FORMES_JURIDIQUES = (
    Choice(key="association", label="Association"),
    Choice(key="association_en_creation", label="Association en création"),
    Choice(key="fondation", label="Fondation ou fonds de dotation"),
    Choice(key="mutuelle", label="Mutuelle"),
    Choice(key="scop", label="SCOP"),
    Choice(key="scic", label="SCIC"),
    Choice(key="cooperative", label="Autre coopérative"),
    Choice(key="societe_ess", label="Société commerciale de l'ESS"),
    Choice(key="autre", label="Autre"),
)

#: The sectors of a structure, by the keys that the pipelines' project sheets use too.
SECTEURS = (
    Choice(key="insertion_emploi", label="Insertion – Emploi"),
    Choice(key="services_a_la_personne", label="Services à la personne"),
    Choice(key="culture", label="Culture"),
    Choice(key="famille_enfance_jeunesse", label="Famille – enfance – jeunesse"),
    Choice(key="logement", label="Logement"),
    Choice(key="education_formation", label="Éducation – Formation"),
    Choice(key="environnement", label="Environnement"),
    Choice(key="sport", label="Sport"),
    Choice(key="tourisme", label="Tourisme"),
    Choice(key="mobilite", label="Mobilité"),
    Choice(key="numerique", label="Numérique"),
    Choice(key="alimentation", label="Alimentation"),
    Choice(key="sante", label="Santé"),
    Choice(key="autre", label="Autre"),
)

_LABELS = {choice.key: choice.label for choice in (*FORMES_JURIDIQUES, *SECTEURS)}


def nomenclature_label(key: str | None) -> str:
    """The words of a legal form or of a sector; the key itself when no list knows it."""
    return _LABELS.get(key, key) if key else ""
