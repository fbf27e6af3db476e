"""Answers about files taken over: how they are read, what is wrong in them, what they added."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import one_of

_ETAT = one_of(
    "recue",
    "verification",
    "verifiee",
    "ecriture",
    "faite",
    "annulation",
    "annulee",
    "interrompue",
    "echouee",
    "abandonnee",
)


class Cible(TypedDict):
    """Ce qu’une colonne peut donner, et les titres auxquels on le reconnaît."""

    cle: str
    libelle: str
    obligatoire: bool
    attendu: str
    titres: list[str]


class Sujet(TypedDict):
    """Ce qu’un fichier peut contenir ; `modele` est un classeur à remplir."""

    cle: str
    libelle: str
    modele: str
    colonnes: list[Cible]


class Sujets(TypedDict):
    """Ce qui se reprend d’un fichier."""

    sujets: list[Sujet]


class LigneReprise(TypedDict):
    """Une reprise, dans la liste."""

    id: int
    sujet: str
    nom: str
    etat: Annotated[str, _ETAT]
    cree_le: datetime
    cree_par: str
    fini_le: datetime | None


class Reprises(TypedDict):
    """Les cinquante dernières reprises, la dernière d’abord."""

    reprises: list[LigneReprise]


class Feuille(TypedDict):
    """Une feuille du fichier, et les lignes qui peuvent porter les titres."""

    nom: str
    masquee: bool
    lignes: list[int]


class ColonneLue(TypedDict):
    """Une colonne du fichier, ses premières valeurs, et ce qu’elle donne."""

    champ: Annotated[str, Field(description="Son nom dans la demande « colonnes ».")]
    lettre: str
    titre: str
    exemples: list[str]
    donne: str | None


class Lecture(TypedDict):
    """Comment le fichier est lu, tant que cela peut changer."""

    feuille: str
    entete: int
    feuilles: list[Feuille]
    colonnes: list[ColonneLue]


class EcartReprise(TypedDict):
    """Une fiche connue qui dit autre chose que le fichier : elle reste comme elle est."""

    ligne: int
    fiche: str
    champ: str
    fichier: str
    connu: str


class Bilan(TypedDict):
    """Ce que la vérification a compté."""

    lignes: int
    connues: int
    lignes_fautives: int
    anomalies: int
    ajouts: dict[str, int]
    ecarts: int
    exemples: list[EcartReprise]


class Ajoutee(TypedDict):
    """Une fiche que la reprise a ajoutée."""

    genre: Annotated[str, one_of("dossier", "structure")]
    id: int
    nom: str


class Reprise(TypedDict):
    """Un fichier, au point où il en est. Pendant un travail, `fait` avance vers `total`."""

    id: int
    sujet: str
    nom: str
    format: Annotated[str, one_of("xlsx", "csv")]
    etat: Annotated[str, _ETAT]
    message: str
    fait: int
    total: int
    lecture: Lecture | None
    bilan: Bilan | None
    premieres: Annotated[list[Ajoutee], Field(description="Les premières fiches ajoutées.")]
    cree_le: datetime
    cree_par: str
    fini_le: datetime | None


class Anomalie(TypedDict):
    """Une case à corriger ; sans colonne, c’est toute la ligne."""

    ligne: int
    colonne: str | None
    titre: str
    valeur: str
    message: str


class Anomalies(TypedDict):
    """Une page des anomalies, dans l’ordre du fichier."""

    anomalies: list[Anomalie]
    suivant: str | None
