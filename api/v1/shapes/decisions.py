"""Answers about what a comité decided, and what applying it gave."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, one_of

_DECIDED = one_of("retenu", "refuse", "ajourne")


class ReserveDecision(TypedDict):
    """Une réserve à lever avant la convention."""

    id: int
    texte: str
    levee_le: datetime | None
    levee_par: str | None


class DecisionComite(TypedDict):
    """Ce que le comité a décidé, ou son avis ; « proposee » est ce que donnent les votes.

    « libelle » le dit en mots, ceux du comité : « Retenu », « Avis favorable avec réserves ».
    """

    proposee: Annotated[str, _DECIDED]
    retenue: Annotated[str, _DECIDED]
    libelle: str
    montant: Cents | None
    motif: str
    confirmee_par: str
    confirmee_le: datetime
    appliquee_le: datetime | None
    reserves: list[ReserveDecision]


class ComparaisonPv(TypedDict):
    """Une chose comparée avec ce qui est gardé."""

    quoi: str
    identique: bool


class VerificationPv(TypedDict):
    """Si un fichier est le procès-verbal validé ; « phrase » le dit, ou dit ce qu’il est."""

    authentique: bool
    phrase: str
    seance_id: int | None
    comparaisons: list[ComparaisonPv]


class Application(TypedDict):
    """Ce qu’a donné l’application d’une décision."""

    dossier_id: int
    fait: bool
    phrases: list[str]


class Applications(TypedDict):
    """Ce qu’a donné l’application de chaque décision."""

    applications: list[Application]
