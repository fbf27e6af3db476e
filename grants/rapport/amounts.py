"""Where the money of a period goes: asked by the dossiers opened, granted to those selected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grants.rapport.paths import Sums
from grants.rapport.periods import Period
from grants.rapport.tally import PLACED, Counted, Tally


@dataclass(frozen=True, slots=True)
class Cell:
    """The dossiers of one département and one sector that entered one stage in the period.

    Sums in cents; `accordes` counts those that were granted something.
    """

    departement: str | None
    secteur: str | None
    stage: str
    dossiers: int
    demande: int
    accorde: int
    accordes: int


Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was opened and what was granted; `retenus` entered the granting stage.

    Sums in cents; `accordes` counts the dossiers that were granted something.
    """

    ouverts: int
    demande: int
    retenus: int
    accorde: int
    accordes: int


def cells_of(tally: Tally, pipeline: str, period: Period, stages: Sequence[str]) -> Cells:
    """The first entries of a period into some stages, by département and sector."""
    return cells_in(tally.over(pipeline, period, *places(stages)))


def places(stages: Sequence[str]) -> list[str]:
    """The natures of the counts that `cells_in` reads."""
    return [f"{PLACED}{stage}" for stage in dict.fromkeys(stages)]


def cells_in(counts: Mapping[Counted, Sums]) -> Cells:
    """The cells among some counts."""
    return tuple(
        Cell(*json.loads(what.detail), what.etape, *sums)
        for what, sums in counts.items()
        if what.nature.startswith(PLACED)
    )


def amounts_of(cells: Iterable[Cell], opening_stage: str, granted_stage: str) -> Amounts:
    """What some cells add up to: each amount belongs to the period of its own event."""
    cells = tuple(cells)
    opened = [cell for cell in cells if cell.stage == opening_stage]
    granted = [cell for cell in cells if cell.stage == granted_stage]
    return Amounts(
        ouverts=sum(cell.dossiers for cell in opened),
        demande=sum(cell.demande for cell in opened),
        retenus=sum(cell.dossiers for cell in granted),
        accorde=sum(cell.accorde for cell in granted),
        accordes=sum(cell.accordes for cell in granted),
    )
