"""Answers about the votes of a séance, and what was decided by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from typing_extensions import TypedDict

from api.v1.shapes.decisions import DecisionComite
from api.v1.shapes.plain import Cents, Named, one_of

_CHOICES = one_of(
    "favorable", "favorable_avec_reserves", "ajournement", "defavorable", "abstention"
)
_ISSUES = one_of("retenu", "refuse", "ajourne", "sans_quorum")


class Decompte(TypedDict):
    """Ce que disent les votes."""

    base: int
    presents: int
    representes: int
    quorum_atteint: bool
    favorables: int
    defavorables: int
    ajournements: int
    abstentions: int
    issue: Annotated[str, _ISSUES]
    voix_preponderante: bool
    montant: Cents | None


class VoixVotee(TypedDict):
    """Une voix ; « choix » est vide tant qu’elle n’a pas voté, ou que son vote ne se lit pas."""

    membre: Named
    a_vote: bool
    choix: Annotated[str, _CHOICES] | None
    montant: Cents | None
    reserves: str
    version: int


class PassageSeance(TypedDict):
    """Un dossier à l’ordre du jour ; « decompte » est vide tant qu’il reste caché."""

    dossier_id: int
    reference: str
    titre: str
    structure: str
    montant_demande: Cents | None
    prevu_a: datetime
    minutes: int
    note: str
    avis_charge: str
    vigilance: str
    etat: Annotated[str, one_of("attendu", "ouvert", "clos")]
    votes_recus: int
    votes_attendus: int
    decompte: Decompte | None
    deports: list[str]
    decision: DecisionComite | None


class OrdreDuJour(TypedDict):
    """L’ordre du jour d’une séance, dossier par dossier."""

    dossiers: list[PassageSeance]


class PassageVotes(TypedDict):
    """Un dossier à sa séance, voix par voix."""

    passage: PassageSeance
    voix: list[VoixVotee]
