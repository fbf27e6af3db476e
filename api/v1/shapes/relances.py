"""Answers about the reminders of a dossier."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Version, one_of


class Rappel(TypedDict):
    """Un rappel de l’étape présente : à venir, en pause, ou passé."""

    id: int
    regle: str
    libelle: str
    occurrence: int
    etat: Annotated[str, one_of("prevue", "suspendue", "faite", "annulee", "arretee")]
    le: datetime
    partira_le: datetime | None
    a_la_main: bool
    voie: Annotated[str, one_of("courriel", "papier", "tache")]
    destinataire: str
    email: str | None
    pourquoi: str
    depuis_le: date | None
    empeche: Annotated[list[str], Field(description="Pourquoi il ne partirait pas.")]
    avec: Annotated[list[str], Field(description="Les autres dossiers du même envoi.")]
    version: Version


class Rappels(TypedDict):
    """Les rappels de l’étape présente d’un dossier, dans l’ordre de leurs moments."""

    rappels: list[Rappel]
