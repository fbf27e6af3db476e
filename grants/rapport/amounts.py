"""The amounts of a period: asked by the dossiers opened in it, granted to those selected in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from grants.dossiers.tables import Dossier
from grants.rapport.queries import Period, first_entries
from workflow.database import table_of

_D = table_of(Dossier)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Sums in cents; `retenus` counts the dossiers that were granted something."""

    demande: int
    accorde: int
    retenus: int


def amounts_of(
    connection: Connection,
    organisme_id: int,
    pipeline: str,
    period: Period,
    opening_stage: str,
    granted_stage: str,
) -> Amounts:
    """What was asked and what was granted in a period, by first entries in the journal."""
    entries = first_entries(organisme_id, pipeline, period).subquery()

    def total(column: ColumnElement[int], stage: str) -> tuple[int, int]:
        entered = select(entries.c.subject_id).where(entries.c.to_stage == stage)
        query = select(func.coalesce(func.sum(column), 0), func.count(column)).where(
            _D.c.organisme_id == organisme_id, _D.c.id.in_(entered)
        )
        amount, count = connection.execute(query).one()
        return int(amount), count

    asked, _ = total(_D.c.montant_demande, opening_stage)
    granted, count = total(_D.c.montant_accorde, granted_stage)
    return Amounts(asked, granted, count)
