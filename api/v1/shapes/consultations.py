"""What is told of consultations, of opened offers and of missions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Version, one_of

Hundredths = Annotated[int, Field(description="En centièmes de jour.")]
Mark = Annotated[int, Field(description="En centièmes de point, sur 500.")]


class Consulte(TypedDict):
    """Un prestataire consulté, et s’il a répondu. Rien de son offre avant l’ouverture."""

    id: int
    prestataire_id: int
    nom: str
    contact: str
    email: str | None
    offre_id: int | None
    recue_le: datetime | None
    decline_le: datetime | None
    motif_du_refus: str


class Consultation(TypedDict):
    """Une consultation : ce qui est demandé, jusqu’à quand, et qui a répondu."""

    id: int
    dossier_id: int
    etat: Annotated[str, one_of("preparation", "envoyee", "ouverte", "choisie", "abandonnee")]
    cahier: str
    echeance: datetime | None
    poids: dict[str, int]
    envoyee_le: datetime | None
    ouverte_le: datetime | None
    choisie_le: datetime | None
    abandonnee_le: datetime | None
    motif: str
    consultes: list[Consulte]
    version: Version


class Consultations(TypedDict):
    """Les consultations d’un dossier, la dernière d’abord : c’est elle qui compte."""

    consultations: list[Consultation]


class Offre(TypedDict):
    """Une offre ouverte, avec ses notes. `total` sur 10 000 : absent tant que tout n’est pas noté.

    `part` : ce que deviendrait la part du prestataire, au-delà de la limite.
    """

    id: int
    prestataire_id: int
    prestataire: str
    recue_le: datetime
    jours: Hundredths
    cout_ht: Cents
    cout_ttc: Cents
    methode: str
    experience: str
    calendrier: str
    document: str | None
    empreinte: str
    notes: dict[str, Mark | None]
    total: int | None
    meilleure: bool
    retenue: bool
    part: str


class Offres(TypedDict):
    """Les offres ouvertes, la meilleure d’abord."""

    offres: list[Offre]


class Journee(TypedDict):
    """Des jours donnés par le prestataire."""

    id: int
    le: date
    jours: Hundredths
    objet: str


class Facture(TypedDict):
    """Une facture, toutes taxes comprises."""

    id: int
    numero: str
    le: date
    montant: Cents
    payee_le: date | None


class Mission(TypedDict):
    """Une mission : ce qui est commandé, fait, facturé, payé."""

    id: int
    numero: int
    dossier_id: int
    prestataire_id: int
    prestataire: str
    confiee_le: date
    jours: Hundredths
    jours_faits: Hundredths
    cout_ht: Cents
    cout_ttc: Cents
    facture: Cents
    paye: Cents
    evaluation: int | None
    appreciation: str
    annulee_le: datetime | None
    journees: list[Journee]
    factures: list[Facture]
    version: Version
