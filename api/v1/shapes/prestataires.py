"""What is told of prestataires, and of those who fit a dossier."""

from __future__ import annotations

from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Version


class Prestataire(TypedDict):
    """Un prestataire de l’annuaire. Sans secteur ni département : tous."""

    id: int
    nom: str
    siret: str
    contact: str
    email: str | None
    telephone: str | None
    competences: list[str]
    secteurs: list[str]
    departements: list[str]
    tarif_journalier: Cents | None
    realisations: str
    actif: bool
    comites: list[str]
    version: Version


class Prestataires(TypedDict):
    """L’annuaire des prestataires, par nom."""

    prestataires: list[Prestataire]


class Suggestion(TypedDict):
    """Un prestataire pour un dossier : ce qui plaide pour lui, ce qui plaide contre."""

    prestataire: Prestataire
    raisons: list[str]
    reserves: list[str]


class Suggestions(TypedDict):
    """Les prestataires qui conviennent à un dossier, d’abord ceux qui conviennent le mieux."""

    suggestions: list[Suggestion]
