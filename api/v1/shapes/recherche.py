"""Answers about what awaits people, and what a search finds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import one_of


class LigneTache(TypedDict):
    """Une tâche, comme dans une liste."""

    id: int
    titre: str
    pour_le: date
    pour: str | None
    auteur: str
    dossier_id: int | None
    reference: str | None
    faite_le: datetime | None
    faite_par: str | None


class Taches(TypedDict):
    """Des tâches, la plus pressée d’abord."""

    taches: list[LigneTache]


class PageTaches(TypedDict):
    """Une page des tâches à faire, la plus pressée d’abord."""

    taches: list[LigneTache]
    suivant: str | None


class Chose(TypedDict):
    """Une chose qui attend : une tâche, une date, un rendez-vous, un dossier."""

    nature: Annotated[str, one_of("tache", "echeance", "rendez_vous", "immobile", "pret")]
    titre: str
    quand: Annotated[str, Field(description="En mots : « demain », « il y a 3 jours ».")]
    le: str
    precision: str
    en_retard: bool
    tache_id: int | None
    dossier_id: int | None
    dossier: str
    pour: str | None


class SectionDuJour(TypedDict):
    """Des choses d’une même urgence ; `suite` dit ce qui n’est pas montré."""

    cle: Annotated[str, one_of("retard", "jour", "prets", "immobiles", "semaine", "plus-tard")]
    titre: str
    lignes: list[Chose]
    suite: str


class Aujourdhui(TypedDict):
    """Ce qui attend, le plus pressé d’abord, et ce que vous avez fait aujourd’hui."""

    jour: str
    sections: list[SectionDuJour]
    faites: list[Chose]


class StructureTrouvee(TypedDict):
    """Une structure trouvée."""

    id: int
    nom: str
    commune: str | None
    departement: str | None
    siret: str | None
    rna: str | None


class PersonneTrouvee(TypedDict):
    """Une personne trouvée, avec son dernier dossier ou une de ses structures."""

    id: int
    nom: str
    email: str | None
    telephone: str | None
    dossier_id: int | None
    structure_id: int | None


class DossierTrouve(TypedDict):
    """Un dossier trouvé, par ses mots ou par qui le porte."""

    id: int
    reference: str
    titre: str
    dispositif: str
    etape: str
    structure: str | None
    porteur: str | None


class NoteTrouvee(TypedDict):
    """Une note trouvée, et son dossier."""

    id: int
    texte: str
    auteur: str
    le: datetime
    dossier_id: int
    reference: str


class FichierTrouve(TypedDict):
    """Un fichier remis, trouvé par son nom."""

    id: int
    nom: str
    dossier_id: int | None
    reference: str | None
    structure_id: int | None
    structure: str | None


class Recherche(TypedDict):
    """Ce qui est trouvé, trente au plus de chaque sorte, le meilleur d’abord.

    `corrections` : les mots qui ont remplacé ceux que rien ne contient.
    """

    mots: list[str]
    corrections: list[str]
    structures: list[StructureTrouvee]
    personnes: list[PersonneTrouvee]
    dossiers: list[DossierTrouve]
    notes: list[NoteTrouvee]
    fichiers: list[FichierTrouve]
