"""Answers about the list as each person keeps it: views and columns."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import one_of


class Vue(TypedDict):
    """Des filtres, un ordre et des colonnes sous un nom."""

    id: int
    nom: str
    requete: Annotated[str, Field(description="Les filtres et le tri, comme dans une adresse.")]
    colonnes: list[str]
    partagee: bool
    proprietaire: str
    modifiable: bool
    premiere: Annotated[bool, Field(description="Elle s’ouvre d’abord, pour vous.")]
    dossiers: Annotated[str, Field(description="L’adresse des dossiers qu’elle montre.")]


class Vues(TypedDict):
    """Les vues que vous pouvez ouvrir, par nom : les vôtres et celles qui sont partagées."""

    vues: list[Vue]


class Colonne(TypedDict):
    """Une colonne de la liste et des exports."""

    cle: str
    libelle: str
    genre: Annotated[str, one_of("texte", "montant", "date", "nombre")]
    a_l_ecran: Annotated[bool, Field(description="Elle peut être choisie pour l’écran.")]


class Colonnes(TypedDict):
    """Les colonnes qui existent, et celles que vous avez choisies pour l’écran."""

    colonnes: list[Colonne]
    choisies: list[str]
