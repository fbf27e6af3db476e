"""How a stage is shown: its words first, then a colour given by its phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PhaseTone = Literal["bleu", "ocre", "prune", "vert", "cuivre", "pierre", "brique"]
Outcome = Literal["en_cours", "abouti", "arrete"]

_IN_ORDER: tuple[PhaseTone, ...] = ("bleu", "ocre", "prune", "vert", "cuivre")


def phase_tone(rank: int, outcome: Outcome = "en_cours") -> PhaseTone:
    """The colour of the phase of that rank (0 is the first); endings have their own."""
    if outcome == "abouti":
        return "vert"
    if outcome == "arrete":
        return "pierre"
    return _IN_ORDER[rank % len(_IN_ORDER)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBadge:
    """Where a dossier stands. An ending is marked by a sign as well: reached, or stopped."""

    label: str
    tone: PhaseTone
    outcome: Outcome = "en_cours"
    phase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    """A person, small: the initials, and the name for whoever points at them or listens."""

    nom: str

    @property
    def initiales(self) -> str:
        """« Claire Aubin » gives « CA », « Jean-Marc Le Goff » gives « JG »."""
        words = [word for word in self.nom.split() if word]
        if not words:
            return "?"
        ends = words[0] if len(words) == 1 else words[0][0] + words[-1][0]
        return ends[:2].upper()
