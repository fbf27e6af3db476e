"""Answers about structures recorded twice: compared, merged, taken apart again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Version
from api.v1.shapes.structures import Proche


class Doublons(TypedDict):
    """Les structures qui sont peut-être celle-ci, enregistrée deux fois."""

    structures: list[Proche]


class Cote(TypedDict):
    """Une des deux structures, et ce qui la suivrait."""

    id: int
    nom: str
    dossiers: Annotated[list[str], Field(description="Leurs références.")]
    contacts: list[str]
    fichiers: list[str]
    version: Version


class Ecart(TypedDict):
    """Une réponse qui n’est pas la même des deux côtés : par id de structure."""

    champ: str
    libelle: str
    reponses: dict[str, str | None]
    proposee: Annotated[
        str | None, Field(description="L’id de celle qui est gardée ; aucune, s’il faut choisir.")
    ]


class Comparaison(TypedDict):
    """Ce que la fusion ferait. Rien n’est encore changé."""

    garder: Annotated[str, Field(description="L’id de celle qu’il est proposé de garder.")]
    structures: list[Cote]
    ecarts: list[Ecart]
    version: Version
    autre_version: int


class LigneFusion(TypedDict):
    """Une fusion en vigueur ; `raisons` dit pourquoi elle ne s’annule plus."""

    id: int
    absorbee_id: int
    absorbee: str
    le: datetime
    par: str
    annulable: bool
    raisons: list[str]


class Fusions(TypedDict):
    """Les fusions dont une structure est issue, la dernière d’abord."""

    fusions: list[LigneFusion]
