"""Answers about comités, their members, and what there is to grant."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Values, Version, one_of


class LigneComite(TypedDict):
    """Un comité."""

    id: int
    nom: str
    nature: Annotated[str, one_of("decision", "avis", "pilotage")]


class Comites(TypedDict):
    """Les comités."""

    comites: list[LigneComite]


class Membre(TypedDict):
    """Un membre et son mandat ; « presidence » vaut 1 pour qui préside."""

    id: int
    personne_id: int
    nom: str
    email: str | None
    au_nom_de: str
    college: str
    voix: Annotated[str, one_of("deliberative", "consultative")]
    suppleant_de: int | None
    debut: date
    fin: date | None
    presidence: int | None
    version: Version


class Comite(TypedDict):
    """Un comité, ses règles et ses membres."""

    id: int
    nom: str
    nature: Annotated[str, one_of("decision", "avis", "pilotage")]
    fiche: Values
    membres: list[Membre]
    version: Version


class Enveloppe(TypedDict):
    """Ce qu’un financeur donne pour un dispositif et une année."""

    id: int
    dispositif: str
    annee: int
    financeur: str
    montant: Cents
    version: Version


class Engagement(TypedDict):
    """Où en est l’enveloppe d’un dispositif pour une année."""

    dispositif: str
    annee: int
    disponible: Cents | None
    engage: Cents
    paye: Cents
    reste: Cents | None


class Enveloppes(TypedDict):
    """Les enveloppes, et ce qu’il en reste."""

    enveloppes: list[Enveloppe]
    engagements: list[Engagement]
