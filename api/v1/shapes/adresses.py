"""Answers about the addresses written to no more."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.plain import one_of


class AdresseArretee(TypedDict):
    """Une adresse à qui l’on n’écrit plus : refusée, ou à la demande de la personne."""

    email: str
    quoi: Annotated[str, one_of("rebond", "demande", "rappels")]
    motif: str
    depuis: datetime
    par: str


class PageAdresses(TypedDict):
    """Une page des adresses arrêtées, dans l’ordre."""

    adresses: list[AdresseArretee]
    suivant: str | None


class Arret(TypedDict):
    """Ce qu’il en est d’une adresse ; `change` : si cela vient de changer."""

    change: bool
    adresse: AdresseArretee | None
