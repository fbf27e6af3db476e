"""Two structures side by side, before they are merged; merges made, and whether they can go."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.nouveau import StructureProche


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two structures: what it brings."""

    id: int
    nom: str
    url: str
    dossiers: tuple[Link, ...]
    contacts: tuple[str, ...]
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One side's answer to a question of the fiche."""

    id: int
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A question that the two fiches answer otherwise. `conflict`: both cannot be right."""

    name: str
    label: str
    answers: tuple[Answer, ...]
    conflict: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """The two structures, what differs, and what will move."""

    title: str
    back: Link
    url: str
    sides: tuple[Side, Side]
    kept: int
    differing: tuple[Differing, ...]
    lock_version: int
    other_version: int
    idempotency_key: str
    conflict: str = ""

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """What is still to be chosen."""
        return tuple((f"fusion-{each.name}", each.error) for each in self.differing if each.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePage:
    """Which other structure is the same one: those that resemble it, or a search."""

    title: str
    back: Link
    url: str
    text: str
    suggested: tuple[StructureProche, ...]
    found: tuple[StructureProche, ...]
    searched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """A merge that was made: what takes it back, or why nothing does any more."""

    text: str
    undo_url: str | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AidYear:
    """One year of aid, dispositif by dispositif."""

    year: int
    lines: tuple[AidLine, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AidLine:
    """What a dispositif granted in one year, and the dossiers that it counts."""

    dispositif: str
    amount: int
    dossiers: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AidTable:
    """The aid granted over three calendar years."""

    years: tuple[AidYear, ...]
    total: int
    since: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPiece:
    """A pièce kept with the structure, that all its dossiers share."""

    label: str
    state: str
    tone: str
    files: tuple[Link, ...]
    until: str = ""
