"""Answers about structures, people and séances."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.dossiers import LigneDossier
from api.v1.shapes.pieces import Fichier
from api.v1.shapes.plain import Cents, Values, Version, one_of


class LigneStructure(TypedDict):
    """Une structure, comme dans la liste."""

    id: int
    nom: str
    siret: str | None
    rna: str | None
    forme_juridique: str | None
    secteur: str | None
    commune: str | None
    departement: str | None


class PageStructures(TypedDict):
    """Une page de la liste des structures."""

    structures: list[LigneStructure]
    suivant: str | None


class Proche(TypedDict):
    """Une structure connue qui ressemble à celle que l’on décrit."""

    id: int
    nom: str
    siret: str | None
    commune: str | None
    pourquoi: str


class Proches(TypedDict):
    """Les structures connues qui ressemblent."""

    structures: list[Proche]


class Contact(TypedDict):
    """Quelqu’un d’une structure. La version est celle de la personne."""

    id: int
    personne_id: int
    nom: str
    email: str | None
    telephone: str | None
    civilite: str | None
    fonction: str | None
    version: Version


class Contacts(TypedDict):
    """Les contacts d’une structure, par nom."""

    contacts: list[Contact]


class Structure(TypedDict):
    """Une structure, ses contacts et ses dossiers."""

    id: int
    fiche: Values
    contacts: list[Contact]
    dossiers: list[LigneDossier]
    version: Version


class Personne(TypedDict):
    """Une personne connue de l’organisme."""

    id: int
    nom: str
    email: str | None
    telephone: str | None
    civilite: str | None
    version: Version


class LigneSeance(TypedDict):
    """Une séance, et combien de dossiers y sont inscrits."""

    id: int
    comite: str
    tenue_le: datetime
    lieu: str
    cloture_inscriptions: date
    inscrits: int


class Seances(TypedDict):
    """Les séances, la dernière d’abord."""

    seances: list[LigneSeance]


class Seance(TypedDict):
    """Une séance et les dossiers inscrits."""

    id: int
    comite: str
    tenue_le: datetime
    lieu: str
    cloture_inscriptions: date
    dossiers: list[LigneDossier]
    version: Version


class Aide(TypedDict):
    """Une aide accordée : ce qui est à rembourser n’y compte pas."""

    dossier_id: int
    reference: str
    titre: str
    dispositif: str
    le: date
    montant: Cents


class Aides(TypedDict):
    """Les aides de cette année et des deux précédentes, la dernière d’abord."""

    depuis: int
    total: Cents
    aides: list[Aide]


class PieceCommune(TypedDict):
    """Une pièce gardée pour la structure : elle sert à tous ses dossiers."""

    cle: str
    libelle: str
    etat: Annotated[str, one_of("recue", "validee", "a_corriger", "perimee")]
    valable_jusqu_au: date | None
    fichiers: list[Fichier]


class PiecesCommunes(TypedDict):
    """Les pièces communes à tous les dossiers d’une structure."""

    pieces: list[PieceCommune]
