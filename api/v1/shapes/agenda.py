"""Answers about the agenda."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.plain import Named, one_of


class ChoseAgenda(TypedDict):
    """Une chose de l’agenda. Une tâche est pour un jour, sans heure ; un rappel en pause attend."""

    nature: Annotated[str, one_of("rendez_vous", "seance", "relance", "action", "tache")]
    id: int
    le: datetime
    libelle: str
    en_pause: bool
    dossier: Named | None
    seance: Named | None
    lettre: str | None
    lieu: str
    pour: str | None


class PageAgenda(TypedDict):
    """Une page de l’agenda, le plus proche d’abord."""

    agenda: list[ChoseAgenda]
    suivant: str | None
