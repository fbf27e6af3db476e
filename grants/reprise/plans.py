"""What a file would add: new fiches and dossiers, what is known already, what differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grants.reprise.histories import Entered
from grants.reprise.known import Fiche

#: The differences told one by one; all of them are counted.
MOST_TOLD = 100


@dataclass(slots=True)
class NewContact:
    """A personne who becomes a contact of a structure."""

    structure: Fiche
    personne: Fiche
    fonction: str | None
    line: int


@dataclass(slots=True)
class NewDossier:
    """A dossier with the path it took. `answers` are typed, by the key of their field."""

    line: int
    empreinte: str
    path: tuple[Entered, ...]
    answers: Mapping[str, Any]
    reference: str | None = None
    referent_id: int | None = None
    origine: str | None = None
    plafond: int | None = None
    structure: Fiche | None = None
    porteur: Fiche | None = None


@dataclass(slots=True)
class Difference:
    """Where the file says otherwise than what is known, which is kept."""

    line: int
    who: str
    label: str
    kept: str
    said: str


@dataclass(slots=True)
class Plan:
    """Everything a file would add. `known` counts its lines that add nothing."""

    structures: list[Fiche] = field(default_factory=list)
    personnes: list[Fiche] = field(default_factory=list)
    contacts: list[NewContact] = field(default_factory=list)
    dossiers: list[NewDossier] = field(default_factory=list)
    lines: int = 0
    known: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)

    def differ(self, difference: Difference) -> None:
        """Note a difference; the first ones are told."""
        self.differing += 1
        if len(self.differences) < MOST_TOLD:
            self.differences.append(difference)

    def counts(self) -> dict[str, int]:
        """What would be added, by kind."""
        return {
            "structures": len(self.structures),
            "personnes": len(self.personnes),
            "contacts": len(self.contacts),
            "dossiers": len(self.dossiers),
        }
