"""How many dossiers stand where, read from the counts that triggers keep.

See `api/migrations/compteurs_1.py`. What filters cannot be answered from them is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Connection, String, bindparam, column, func, select, text
from sqlalchemy import table as table_named

from grants.dossiers.filters import NOWHERE, C, D, Filters
from workflow.database import Database
from workflow.statements import Read, Statement

#: The counts as they are now: nobody is 0, no département is empty.
PRESENT = table_named(
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
_N = PRESENT
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

    def __add__(self, other: StageTotals) -> StageTotals:
        return StageTotals(
            self.count + other.count, self.demande + other.demande, self.accorde + other.accorde
        )


@dataclass(frozen=True, slots=True)
class Places:
    """What each stage of each pipeline holds, by (pipeline, stage): read once for a page."""

    totals: Mapping[tuple[str, str], StageTotals]

    def by_stage(self, filters: Filters) -> dict[str, StageTotals]:
        """Count and sums of each stage that has dossiers, of the filters' pipeline and stages."""
        found: dict[str, StageTotals] = {}
        for (pipeline, stage), totals in self.totals.items():
            asked = filters.pipeline in (None, pipeline)
            if asked and (not filters.stages or stage in filters.stages):
                found[stage] = found.get(stage, StageTotals()) + totals
        return found

    def whole(self, filters: Filters) -> StageTotals:
        """How many dossiers the filters' pipeline and stages hold, and their sums in cents."""
        return sum(self.by_stage(filters).values(), StageTotals())

    def by_pipeline(self) -> dict[str, int]:
        """How many dossiers each pipeline that is in use holds."""
        found: dict[str, int] = {}
        for (pipeline, _stage), totals in self.totals.items():
            found[pipeline] = found.get(pipeline, 0) + totals.count
        return found


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts that a page needs: the organisme's, and those of what its filters keep."""

    everything: Places
    kept: Places


def answers(filters: Filters) -> bool:
    """Whether nothing narrows but what the counts are kept by."""
    plain = replace(filters, pipeline=None, stages=(), referent_id=None, departement=None)
    return plain == Filters()


def counts_of(connection: Connection, organisme_id: int, filters: Filters) -> Counts:
    """The counts of an organisme; what filters keep beyond them is never counted here."""
    everything = places_of(connection, organisme_id, Filters())
    narrows = filters.referent_id is not None or filters.departement is not None
    if not narrows or not answers(filters):
        return Counts(everything, everything)
    return Counts(everything, places_of(connection, organisme_id, filters))


def places_read(organisme_id: int, filters: Filters) -> Read:
    """What `places_of` reads."""
    departement = "" if filters.departement == NOWHERE else filters.departement
    values = {"referent": filters.referent_id, "departement": departement}
    given = {name: value for name, value in values.items() if value is not None}
    return _PLACES[frozenset(given)], {"organisme": organisme_id, **given}


def departements_read(organisme_id: int) -> Read:
    """What `departements_in_use` reads."""
    return _DEPARTEMENTS, {"organisme": organisme_id}


def places_of(connection: Connection, organisme_id: int, filters: Filters) -> Places:
    """What each stage holds of the filters' referent and département, where they name one."""
    statement, values = places_read(organisme_id, filters)
    return Places(
        {
            (row["pipeline"], row["stage"]): StageTotals(
                int(row["nombre"]), int(row["demande"]), int(row["accorde"])
            )
            for row in statement.rows(connection, values)
            if row["nombre"]
        }
    )


def counted_by_stage(
    connection: Connection, organisme_id: int, filters: Filters
) -> dict[str, StageTotals]:
    """Count and sums of each stage that has dossiers, for filters that the counts answer."""
    return places_of(connection, organisme_id, filters).by_stage(filters)


def counted(connection: Connection, organisme_id: int, filters: Filters) -> StageTotals:
    """How many dossiers such filters keep, and their sums in cents."""
    return places_of(connection, organisme_id, filters).whole(filters)


def pipelines_in_use(connection: Connection, organisme_id: int) -> dict[str, int]:
    """How many dossiers an organisme has in each pipeline."""
    return places_of(connection, organisme_id, Filters()).by_pipeline()


def departements_in_use(connection: Connection, organisme_id: int) -> list[str]:
    """The départements that dossiers of an organisme stand in."""
    statement, values = departements_read(organisme_id)
    return [row["code"] for row in statement.rows(connection, values)]


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


def differences(connection: Connection) -> list[tuple[Any, ...]]:
    """The places whose count or sums are not those of the dossiers that stand there."""
    names = ("organisme_id", "pipeline", "stage", "referent_id", "departement")
    kept = [func.sum(_N.c[name]) for name in ("nombre", "demande", "accorde")]
    told = select(*(_N.c[name] for name in names), *kept).group_by(*(_N.c[n] for n in names))
    place = (
        *(D.c.organisme_id, D.c.pipeline, D.c.stage),
        *(func.coalesce(D.c.referent_id, 0), func.coalesce(D.c.departement, "")),
    )
    sums = [func.coalesce(func.sum(each), 0) for each in (D.c.montant_demande, D.c.montant_accorde)]
    there = select(*place, func.count(), *sums).group_by(*place)
    counts = {tuple(row[:5]): [*map(int, row[5:])] for row in connection.execute(told)}
    dossiers = {tuple(row[:5]): [*map(int, row[5:])] for row in connection.execute(there)}
    nothing = [0, 0, 0]
    return sorted(
        each
        for each in counts.keys() | dossiers.keys()
        if counts.get(each, nothing) != dossiers.get(each, nothing)
    )


def _places(*narrowed: str) -> Statement:
    by = {"referent": _N.c.referent_id, "departement": _N.c.departement}
    sums = [func.sum(_N.c[name]).label(name) for name in ("nombre", "demande", "accorde")]
    query = select(_N.c.pipeline, _N.c.stage, *sums)
    query = query.where(_N.c.organisme_id == bindparam("organisme"))
    query = query.where(*(by[name] == bindparam(name) for name in narrowed))
    return Statement(query.group_by(_N.c.pipeline, _N.c.stage))


_PLACES = {
    frozenset(names): _places(*names)
    for names in ((), ("referent",), ("departement",), ("referent", "departement"))
}


def _departements() -> Statement:
    """From one département to the next along their index: seven steps instead of every count."""
    organisme = D.c.organisme_id == bindparam("organisme")
    first = select(func.min(D.c.departement).label("code")).where(organisme)
    found = first.cte("departements", recursive=True)
    after = select(func.min(D.c.departement)).where(organisme, D.c.departement > found.c.code)
    found = found.union_all(select(after.scalar_subquery()).where(found.c.code.is_not(None)))
    return Statement(select(found.c.code).where(found.c.code.is_not(None)))


_DEPARTEMENTS = _departements()
