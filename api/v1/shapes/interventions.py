"""Answers about the time spent on structures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Named, Version

Minutes = Annotated[int, Field(description="En minutes.")]


class Intervention(TypedDict):
    """Le temps passé par quelqu’un sur une structure, un jour."""

    id: int
    qui: Named
    structure: Named | None
    dossier_id: int | None
    dispositif: str
    nature: str
    le: date
    minutes: Minutes
    km: int
    note: str | None
    version: Version


class TotalInterventions(TypedDict):
    """Combien, combien de temps, combien de kilomètres, pour combien de structures."""

    nombre: int
    minutes: Minutes
    km: int
    structures: int


class PageInterventions(TypedDict):
    """Une page de la liste, de la plus récente à la plus ancienne, et le total du filtre."""

    interventions: list[Intervention]
    total: TotalInterventions
    suivant: str | None


class SemaineInterventions(TypedDict):
    """La semaine d’une personne, et son total."""

    lundi: date
    interventions: list[Intervention]
    total: TotalInterventions
