"""The board: how many dossiers and how much in each stage, and the first cards of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, union_all

from grants.dossiers.counters import Counts, StageTotals, answers, counts_of
from grants.dossiers.filters import WITH_NAMES, C, D, Filters, P, S, overdue

CARDS = 20


class DossierLine(NamedTuple):
    """One dossier as lists show it. Amounts in cents. A tuple: lists make fifty at a time."""

    id: int
    reference: str
    pipeline: str
    pipeline_version: int
    stage: str
    stage_since: datetime
    titre: str
    structure: str | None
    porteur: str | None
    referent: str | None
    commune: str | None
    departement: str | None
    montant_demande: int | None
    montant_accorde: int | None

    @property
    def carried_by(self) -> str:
        """The structure's name, or the porteur's while there is none."""
        return self.structure or self.porteur or "Porteur à préciser"


LINE = (
    D.c.id,
    D.c.reference,
    D.c.pipeline,
    D.c.pipeline_version,
    D.c.stage,
    D.c.stage_since,
    D.c.titre,
    S.c.nom.label("structure"),
    P.c.nom.label("porteur"),
    C.c.nom.label("referent"),
    D.c.commune,
    D.c.departement,
    D.c.montant_demande,
    D.c.montant_accorde,
)


# Read at once by their labels: a list has fifty such rows of fourteen values.
_LINE = itemgetter(*(column.key for column in LINE))


def totals_by_stage(
    connection: Connection, organisme_id: int, filters: Filters, counts: Counts | None = None
) -> dict[str, StageTotals]:
    """Count and sums of each stage that has dossiers."""
    if answers(filters):
        return (counts or counts_of(connection, organisme_id, filters)).kept.by_stage(filters)
    query = (
        select(
            D.c.stage,
            func.count(),
            func.coalesce(func.sum(D.c.montant_demande), 0),
            func.coalesce(func.sum(D.c.montant_accorde), 0),
        )
        .select_from(WITH_NAMES if filters.text else D)
        .where(*filters.clauses(organisme_id))
        .group_by(D.c.stage)
    )
    return {
        stage: StageTotals(count, int(asked), int(granted))
        for stage, count, asked, granted in connection.execute(query)
    }


def count_late(
    connection: Connection, organisme_id: int, filters: Filters, limits: Mapping[str, date]
) -> int:
    """How many of the dossiers kept have stood for too long: stage by stage, along the index."""
    counts = [
        select(func.count())
        .select_from(WITH_NAMES if filters.text else D)
        .where(*filters.clauses(organisme_id), overdue({stage: day}))
        .scalar_subquery()
        for stage, day in limits.items()
    ]
    return int(sum(connection.execute(select(*counts)).one())) if counts else 0


def cards_by_stage(
    connection: Connection,
    organisme_id: int,
    filters: Filters,
    stages: tuple[str, ...],
    most: int = CARDS,
) -> dict[str, list[DossierLine]]:
    """The dossiers that have stood longest in each stage: one query, one LIMIT per stage."""
    columns = []
    for stage in stages:
        # Ids first: the index holds all that is needed to choose them.
        column = (
            select(D.c.id)
            .select_from(WITH_NAMES if filters.text else D)
            .where(*filters.clauses(organisme_id), D.c.stage == stage)
            .order_by(D.c.stage_since, D.c.id)
            .limit(most)
            .subquery()
        )
        columns.append(select(column))
    cards: dict[str, list[DossierLine]] = {stage: [] for stage in stages}
    if columns:
        shown = union_all(*columns).subquery()
        query = select(*LINE).select_from(WITH_NAMES.join(shown, shown.c.id == D.c.id))
        for row in connection.execute(query).mappings():
            cards[row["stage"]].append(line(row))
    for lines in cards.values():
        lines.sort(key=lambda each: (each.stage_since, each.id))
    return cards


def line(row: Mapping[Any, Any]) -> DossierLine:
    """A row of LINE → what a list shows."""
    return DossierLine._make(_LINE(row))
