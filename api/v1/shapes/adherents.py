"""What is told of the association's members."""

from __future__ import annotations

from datetime import date

from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Version


class Adherent(TypedDict):
    """Un adhérent ; sa cotisation est celle de l’année en cours, nulle si elle n’est pas notée."""

    id: int
    nom: str
    structure_id: int | None
    personne_id: int | None
    nature_iae: str | None
    college: str | None
    debut: date
    fin: date | None
    due: Cents | None
    payee: Cents | None
    payee_le: date | None
    version: Version


class Adherents(TypedDict):
    """Les adhérents, par nom."""

    adherents: list[Adherent]


class Cotisation(TypedDict):
    """Ce qu’un adhérent doit et a payé pour une année."""

    annee: int
    due: Cents
    payee: Cents
    payee_le: date | None


class Cotisations(TypedDict):
    """Les cotisations d’un adhérent, la dernière année d’abord."""

    cotisations: list[Cotisation]
