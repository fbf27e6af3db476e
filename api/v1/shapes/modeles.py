"""Answers about the texts of letters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Version, one_of


class LigneModele(TypedDict):
    """Le texte d’une lettre : celui d’origine, ou celui de l’organisme."""

    cle: str
    titre: str
    dispositif: str
    depart: Annotated[str, one_of("automatique", "a_valider")]
    voies: Annotated[list[str], Field(description="courriel, papier, ou les deux.")]
    propre: bool
    modifie_par: str | None
    modifie_le: datetime | None


class Modeles(TypedDict):
    """Toutes les lettres, par dispositif puis par titre."""

    modeles: list[LigneModele]


class VariableModele(TypedDict):
    """Ce qu’une lettre peut dire : comment l’écrire, et un exemple."""

    ecriture: str
    description: str


class VersionModele(TypedDict):
    """Une version d’une lettre ; `origine` : un retour au texte d’origine."""

    numero: int
    auteur: str
    le: datetime
    origine: bool


class Modele(LigneModele):
    """Le texte d’une lettre en vigueur, ses versions, et ce qu’elle peut dire."""

    objet: str
    texte: str
    objet_d_origine: str
    texte_d_origine: str
    variables: list[VariableModele]
    versions: list[VersionModele]
    version: Version
