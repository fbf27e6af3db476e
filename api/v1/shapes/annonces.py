"""Answers about the addresses told of moves, and what they were told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import one_of


class Adresse(TypedDict):
    """Une adresse prévenue de chaque mouvement."""

    id: int
    url: str
    depuis: datetime


class Adresses(TypedDict):
    """Les adresses prévenues, la dernière d’abord."""

    adresses: list[Adresse]


class NouvelleAdresse(TypedDict):
    """L’adresse ajoutée ; `secret`, qui signe les annonces, n’est donné que cette fois."""

    id: int
    url: str
    secret: str


class Envoi(TypedDict):
    """Une annonce faite à une adresse, et ce qu’il en est."""

    id: int
    url: str
    evenement_id: Annotated[str, Field(description="Le même à chaque essai : « Webhook-Id ».")]
    evenement: str
    etat: Annotated[str, one_of("a_envoyer", "envoyee", "abandonnee")]
    essais: int
    cree_le: datetime
    prochain_essai: datetime | None
    envoye_le: datetime | None
    statut: int | None
    incident: str | None


class Envois(TypedDict):
    """Une page des annonces, la dernière d’abord."""

    envois: list[Envoi]
    suivant: str | None
