"""Where the money of a period goes: asked by the dossiers opened, granted to those selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from grants.dossiers.tables import Dossier
from grants.rapport.queries import Period, first_entries
from workflow.database import table_of

_D = table_of(Dossier)


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


def cells_of(
    connection: Connection,
    organisme_id: int,
    pipeline: str,
    period: Period,
    stages: Sequence[str],
) -> tuple[Cell, ...]:
    """The first entries of a period into some stages, by département and sector, in one query."""
    entries = first_entries(organisme_id, pipeline, period).subquery()
    query = (
        select(
            _D.c.departement,
            _D.c.secteur,
            entries.c.to_stage,
            func.count(),
            func.coalesce(func.sum(_D.c.montant_demande), 0),
            func.coalesce(func.sum(_D.c.montant_accorde), 0),
            func.count(_D.c.montant_accorde),
        )
        .select_from(entries.join(_D, _D.c.id == entries.c.subject_id))
        .where(_D.c.organisme_id == organisme_id, entries.c.to_stage.in_(stages))
        .group_by(_D.c.departement, _D.c.secteur, entries.c.to_stage)
    )
    return tuple(
        Cell(departement, secteur, stage, dossiers, int(demande), int(accorde), accordes)
        for departement, secteur, stage, dossiers, demande, accorde, accordes in connection.execute(
            query
        )
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
