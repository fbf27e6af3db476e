"""How many dossiers stand where, read from the counts that triggers keep.

See `api/migrations/compteurs_1.py`. What filters cannot be answered from them is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    column,
    func,
    select,
    table,
    text,
)

from grants.dossiers.filters import NOWHERE, C, Filters
from workflow.database import Database

_N = table(
    "compteur_present",
    column("organisme_id", BigInteger),
    column("pipeline", String),
    column("stage", String),
    column("referent_id", BigInteger),
    column("departement", String),
    column("nombre", BigInteger),
    column("demande", BigInteger),
    column("accorde", BigInteger),
)
# Two programs that fold together would each wait for the other's counts.
_FOLDING = 1_898_072_010
_FOLD = """WITH pris AS (DELETE FROM compteur_ecart RETURNING *)
    INSERT INTO compteur_dossier AS c (organisme_id, pipeline, stage, referent_id, departement,
        nombre, demande, accorde)
    SELECT organisme_id, pipeline, stage, referent_id, departement,
        sum(nombre), sum(demande), sum(accorde)
    FROM pris GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (organisme_id, pipeline, stage, referent_id, departement) DO UPDATE
    SET nombre = c.nombre + excluded.nombre, demande = c.demande + excluded.demande,
        accorde = c.accorde + excluded.accorde"""


@dataclass(frozen=True, slots=True)
class StageTotals:
    """One stage's count of dossiers, and sums in cents."""

    count: int = 0
    demande: int = 0
    accorde: int = 0


def answers(filters: Filters) -> bool:
    """Whether nothing narrows but what the counts are kept by."""
    plain = replace(filters, pipeline=None, stages=(), referent_id=None, departement=None)
    return plain == Filters()


def counted_by_stage(
    connection: Connection, organisme_id: int, filters: Filters
) -> dict[str, StageTotals]:
    """Count and sums of each stage that has dossiers, for filters that the counts answer."""
    query = (
        select(_N.c.stage, func.sum(_N.c.nombre), func.sum(_N.c.demande), func.sum(_N.c.accorde))
        .where(*_clauses(organisme_id, filters))
        .group_by(_N.c.stage)
    )
    return {
        stage: StageTotals(int(count), int(asked), int(granted))
        for stage, count, asked, granted in connection.execute(query)
        if count
    }


def counted(connection: Connection, organisme_id: int, filters: Filters) -> StageTotals:
    """How many dossiers such filters keep, and their sums in cents."""
    stages = counted_by_stage(connection, organisme_id, filters).values()
    return StageTotals(
        sum(each.count for each in stages),
        sum(each.demande for each in stages),
        sum(each.accorde for each in stages),
    )


def pipelines_in_use(connection: Connection, organisme_id: int) -> dict[str, int]:
    """How many dossiers an organisme has in each pipeline."""
    return dict(_totals(connection, organisme_id, _N.c.pipeline))


def departements_in_use(connection: Connection, organisme_id: int) -> list[str]:
    """The départements that dossiers of an organisme stand in."""
    found = _totals(connection, organisme_id, _N.c.departement)
    return sorted(departement for departement, _ in found if departement)


def stages_in_use(connection: Connection, organisme_id: int, pipeline: str) -> set[str]:
    """The stages of a pipeline that an organisme's dossiers stand in."""
    return set(counted_by_stage(connection, organisme_id, Filters(pipeline=pipeline)))


def referents_in_use(connection: Connection, organisme_id: int) -> dict[int, str]:
    """The name of whoever has dossiers in charge; nobody is 0, without a name."""
    query = (
        select(_N.c.referent_id, func.coalesce(func.max(C.c.nom), ""))
        .select_from(_N.outerjoin(C, C.c.id == _N.c.referent_id))
        .where(_N.c.organisme_id == organisme_id)
        .group_by(_N.c.referent_id)
        .having(func.sum(_N.c.nombre) != 0)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def fold(database: Database) -> None:
    """Add the differences that moves left on PostgreSQL to the counts, for the clock to do."""
    if database.is_sqlite:
        return
    with database.glance() as connection:
        if connection.execute(text("SELECT 1 FROM compteur_ecart LIMIT 1")).first() is None:
            return
    with database.unit_of_work() as session:
        connection = session.connection()
        alone = text("SELECT pg_try_advisory_xact_lock(:key)")
        if connection.execute(alone, {"key": _FOLDING}).scalar_one():
            connection.execute(text(_FOLD))


def _totals(
    connection: Connection, organisme_id: int, by: ColumnElement[str]
) -> Sequence[tuple[str, int]]:
    query = select(by, func.sum(_N.c.nombre)).where(_N.c.organisme_id == organisme_id).group_by(by)
    return [(key, int(count)) for key, count in connection.execute(query) if count]


def _clauses(organisme_id: int, filters: Filters) -> list[ColumnElement[bool]]:
    departement = "" if filters.departement == NOWHERE else filters.departement
    equal = {
        _N.c.organisme_id: organisme_id,
        _N.c.pipeline: filters.pipeline,
        _N.c.referent_id: filters.referent_id,
        _N.c.departement: departement,
    }
    found = [each == value for each, value in equal.items() if value is not None]
    return [*found, _N.c.stage.in_(filters.stages)] if filters.stages else found
