"""Answers about lots: one operation on many dossiers, each with its own outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.dossiers import LigneDossier
from api.v1.shapes.plain import Schema, one_of

_OUTCOMES = one_of("attente", "possible", "impossible", "fait", "deja", "refuse", "annule", "garde")


class GroupeLot(TypedDict):
    """Des dossiers du lot qui sont au même endroit."""

    dispositif: str
    etape: str
    libelle: str
    nombre: int


class ActionLot(TypedDict):
    """Une action que des dossiers du lot peuvent faire, avec un seul formulaire pour tous."""

    dispositif: str
    cle: str
    libelle: str
    nombre: int
    motif_demande: bool
    lettres: list[str]
    schema: Schema


class RaisonLot(TypedDict):
    """Une phrase de refus, et combien de dossiers elle concerne."""

    message: str
    nombre: int


class Lot(TypedDict):
    """Un lot : ce qui lui est demandé, où il en est, ce que deviennent ses dossiers.

    Tant que `restants` n’est pas nul, demandez « suite ». `verifie` attend « executer ».
    """

    id: int
    titre: str
    nature: Annotated[str, one_of("", "avancer", "confier", "etiqueter", "retirer")]
    etat: Annotated[
        str,
        one_of("choix", "verification", "verifie", "execution", "termine", "annulation", "annule"),
    ]
    nombre: int
    restants: int
    devenus: Annotated[dict[str, int], Field(description="Combien de dossiers, par résultat.")]
    raisons: list[RaisonLot]
    groupes: list[GroupeLot]
    actions: Annotated[
        list[ActionLot], Field(description="Ce qui peut être demandé, tant que rien ne l’est.")
    ]
    cree_le: datetime


class DossierLot(TypedDict):
    """Un dossier du lot, et ce qu’il est devenu."""

    dossier: LigneDossier
    devenu: Annotated[str, _OUTCOMES]
    raisons: list[str]


class DossiersLot(TypedDict):
    """Une page des dossiers d’un lot."""

    dossiers: list[DossierLot]
    suivant: str | None
