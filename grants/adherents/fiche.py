"""What is asked of a member, and of what it owes for a year."""

from __future__ import annotations

from workflow.pipeline import Choice, Field

#: The kinds of structures of the insertion par l'activité économique, as the law names them.
NATURES_IAE = {
    "aci": "ACI, atelier et chantier d’insertion",
    "ei": "EI, entreprise d’insertion",
    "ai": "AI, association intermédiaire",
    "etti": "ETTI, entreprise de travail temporaire d’insertion",
    "eiti": "EITI, entreprise d’insertion par le travail indépendant",
    "geiq": "GEIQ, groupement d’employeurs",
    "autre": "Autre structure de l’insertion",
}
ADHERENT_FIELDS = (
    Field(key="structure_id", label="Structure", type="structure"),
    Field(
        key="personne_id",
        label="Ou personne",
        type="personne",
        help="Pour qui adhère en son propre nom.",
    ),
    Field(
        key="nature_iae",
        label="Structure de l’insertion",
        type="choix",
        choices=tuple(Choice(key=key, label=label) for key, label in NATURES_IAE.items()),
        help="Vide si elle n’en est pas une.",
    ),
    Field(key="college", label="Collège", type="texte", longest=80),
    Field(key="debut", label="Adhérent depuis", type="date", required=True),
    Field(key="fin", label="Jusqu’au", type="date", help="Dernier jour inclus."),
)
COTISATION_FIELDS = (
    Field(key="annee", label="Année", type="entier", required=True, minimum=1900, maximum=2200),
    Field(key="due", label="Cotisation due", type="montant", required=True, minimum=0),
    Field(key="payee", label="Payé", type="montant", minimum=0),
    Field(key="payee_le", label="Payé le", type="date"),
)
