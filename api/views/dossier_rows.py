"""Dossiers gathered on a page that is not theirs: those of a structure, of a séance."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.stages import Avatar, StageBadge


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRow:
    """One dossier. `under` is what tells it apart here: its dispositif, or its structure."""

    url: str
    reference: str
    titre: str
    under: str
    stage: StageBadge
    referent: Avatar | None = None
    montant_demande: int | None = None
    montant_accorde: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRows:
    """The dossiers and their sums; `caption` says of what they are the dossiers."""

    caption: str
    rows: tuple[DossierRow, ...] = ()

    @property
    def total_demande(self) -> int:
        """What they ask for together, in cents."""
        return sum(row.montant_demande or 0 for row in self.rows)

    @property
    def total_accorde(self) -> int:
        """What they were granted together, in cents."""
        return sum(row.montant_accorde or 0 for row in self.rows)
