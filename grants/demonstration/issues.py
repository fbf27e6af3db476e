"""What a séance of a demonstration decided of each dossier, as their own stories tell it."""

from __future__ import annotations

from dataclasses import dataclass

from grants.demonstration.fichiers import Demonstration
from grants.demonstration.modeles import Dossier, Fait, Passage, Seance

_DECIDES = {"selectionner": "retenu", "ajourner": "ajourne", "refuser": "refuse"}


@dataclass(frozen=True, slots=True)
class Issue:
    """A decision: `montant` in cents, for a project that is selected."""

    retenue: str
    montant: int | None
    motif: str | None


def seen_at(demonstration: Demonstration, seance: Seance) -> list[Passage]:
    """What is told of the séance, then what the stories say of dossiers that nothing is told of."""
    told = {each.dossier for each in seance.passages}
    others = [
        Passage(dossier=dossier.cle)
        for dossier in demonstration.dossiers
        if dossier.cle not in told and _decided(dossier, seance.cle) is not None
    ]
    return [*seance.passages, *others]


def issue_of(demonstration: Demonstration, seance: Seance, passage: Passage) -> Issue | None:
    """What was decided: by the dossier's own action, else by what is told of its passage."""
    dossier = next(each for each in demonstration.dossiers if each.cle == passage.dossier)
    fait = _decided(dossier, seance.cle)
    if fait is None or fait.action is None:
        if passage.decision is None:
            return None
        return Issue(passage.decision, passage.montant, passage.motif)
    granted = fait.champs.get("montant_accorde")
    montant = granted if isinstance(granted, int) else None
    return Issue(_DECIDES[fait.action], montant, passage.motif or fait.motif)


def _decided(dossier: Dossier, seance: str) -> Fait | None:
    """The first decision after the dossier was inscribed to that séance, and to no other since."""
    inscribed = None
    for fait in dossier.faits:
        inscribed = fait.champs.get("seance", inscribed)
        if fait.action in _DECIDES and inscribed == seance:
            return fait
    return None
