"""Answers about a séance held: what may be done, who is there, its minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.plain import Named, Raison, Schema, Version, one_of

_PRESENCES = one_of("present", "represente", "excuse", "absent")


class GesteSeance(TypedDict):
    """Ce que l’on peut faire d’une séance, et toutes les raisons quand on ne le peut pas."""

    cle: str
    libelle: str
    possible: bool
    raisons: list[Raison]
    motif_demande: bool
    schema: Schema


class GestesSeance(TypedDict):
    """Ce que l’on peut faire d’une séance à son étape."""

    etape: str
    gestes: list[GesteSeance]
    version: Version


class EtapeSeance(TypedDict):
    """Où en est une séance."""

    id: int
    etape: str
    version: Version


class PresenceMembre(TypedDict):
    """La présence d’un membre ; « etat » est vide tant qu’elle n’est pas notée."""

    membre: Named
    etat: Annotated[str, _PRESENCES] | None
    arrivee: datetime | None
    depart: datetime | None
    a_distance: bool
    pouvoir_a: int | None


class Presences(TypedDict):
    """Qui est là, et qui préside."""

    preside: int | None
    presences: list[PresenceMembre]


class ProcesVerbal(TypedDict):
    """Le procès-verbal : ses remarques, ce qui le fige, ses données une fois la séance close."""

    remarques: str
    empreinte: str | None
    valide_par: str | None
    valide_le: datetime | None
    donnees: Schema
    version: Version
