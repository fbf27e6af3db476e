"""Answers about pièces, their files, and the plan de financement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Version, one_of


class Fichier(TypedDict):
    """Un fichier remis pour une pièce ; `url` le donne."""

    id: int
    nom: str
    type: Annotated[str, Field(description="Le type MIME, reconnu d’après le contenu.")]
    taille: Annotated[int, Field(description="En octets.")]
    pages: int | None
    par: str
    le: datetime
    url: str


class Piece(TypedDict):
    """Une pièce attendue : ce qu’il en faut, où elle en est, ce qui a été remis."""

    cle: str
    libelle: str
    pourquoi: str
    pour: Annotated[list[str], Field(description="Les actions qui l’attendent ; aucune, si libre.")]
    validite: Annotated[str | None, Field(description="Combien de temps le document est bon.")]
    gardee_pour: Annotated[str, one_of("dossier", "structure")]
    etat: Annotated[str, one_of("attendue", "recue", "validee", "a_corriger", "perimee")]
    date_document: date | None
    valable_jusqu_au: date | None
    motif: Annotated[str, one_of("incomplete", "perimee", "illisible", "mauvaise")] | None
    commentaire: str | None
    fichiers: list[Fichier]
    version: Version


class Pieces(TypedDict):
    """Les pièces d’un dossier, dans l’ordre du dispositif."""

    pieces: list[Piece]


class DejaLa(TypedDict):
    """Un fichier qui était là déjà, et sous quel nom."""

    nom: str
    deja: str


class Remise(TypedDict):
    """Ce qui a été gardé, ce qui était là déjà, et la pièce telle qu’elle est maintenant."""

    gardes: list[str]
    deja_la: list[DejaLa]
    piece: Piece


class LigneFinancement(TypedDict):
    """Qui paie, en dehors de l’aide demandée."""

    nature: Annotated[str, one_of("cofinanceur", "fonds_propres")]
    financeur: str
    structure_id: int | None
    montant: Cents
    etat: Annotated[str, one_of("demande", "obtenu", "refuse")]


class Solde(TypedDict):
    """Où en est un plan : `ecart` est ce qui manque ; au-dessous de zéro, ce qui est en trop."""

    ressources: Cents
    ecart: Cents
    equilibre: Annotated[str, one_of("incomplet", "equilibre", "manque", "trop")]
    phrase: str


class Financement(TypedDict):
    """Le plan de financement d’un dossier. La version est celle du dossier."""

    cout_total: Cents | None
    montant_demande: Cents | None
    lignes: list[LigneFinancement]
    solde: Solde
    version: Version
