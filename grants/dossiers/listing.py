"""The list: sorted by any offered column, page after page by key, never by counting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    bindparam,
    case,
    func,
    select,
    union_all,
)

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.counters import Counts, StageTotals, answers, counts_of
from grants.dossiers.filters import WITH_NAMES, Bind, C, D, Filters, as_given
from grants.dossiers.runs import ID, VALUE, Run, in_order, place_of, runs_of
from workflow.pipeline import Pipeline
from workflow.statements import Statement

PAGE = 50
#: What the list may be sorted by: the key in the address → whether the biggest comes first.
SORTS: Mapping[str, bool] = {
    "dossier": True,
    "etape": False,
    "lieu": False,
    "referent": False,
    "demande": True,
    "accorde": True,
    "depuis": False,
}
#: The orders whose runs are those of the stages or of the referents in use.
_CHANGING = ("etape", "referent")


@dataclass(frozen=True, slots=True)
class Sort:
    """A column of SORTS and its direction."""

    key: str = "dossier"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: after (or before) the dossier that has this value and this id."""

    value: str | int
    id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, and the cursors of its neighbours, where there are any."""

    lines: tuple[DossierLine, ...]
    previous: Cursor | None
    next: Cursor | None


def page_of(
    connection: Connection,
    organisme_id: int,
    filters: Filters,
    sort: Sort,
    pipeline: Pipeline | None,
    cursor: Cursor | None = None,
    size: int = PAGE,
    counts: Counts | None = None,
) -> Page:
    """One page: `size` dossiers after (or before) the cursor, in the order asked for.

    A cursor that nothing follows any more, because dossiers moved, leads to the first page.
    """
    backwards = cursor is not None and cursor.backwards
    descending = sort.descending != backwards
    runs = runs_of(connection, organisme_id, sort.key, pipeline)
    start = None if cursor is None else (_key_of(sort, cursor), cursor.id)
    walking = not _is_held(filters, sort) and _is_to_be_walked(
        connection, organisme_id, filters, size, counts
    )
    spread = _is_to_be_spread(connection, filters, sort)
    where = (organisme_id, filters, sort, pipeline, runs, start, descending)
    sorting = _are_short(connection, filters, sort)
    asked = _Asked(*where, size + 1, walking and not sorting, spread, sorting)
    rows = asked.rows(connection)
    if cursor is not None and not rows:
        return page_of(connection, organisme_id, filters, sort, pipeline, None, size, counts)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows = rows[::-1]
    return Page(
        lines=tuple(line(row) for row in rows),
        previous=_cursor(rows[0], True) if rows and (more if backwards else cursor) else None,
        next=_cursor(rows[-1], False) if rows and (backwards or more) else None,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One reading of the list: what is kept, in which order, from where, how many."""

    organisme_id: int
    filters: Filters
    sort: Sort
    pipeline: Pipeline | None
    runs: tuple[Run, ...]
    start: tuple[Any, int] | None
    descending: bool
    most: int
    walking: bool
    spread: bool
    sorting: bool

    def rows(self, connection: Connection) -> Sequence[Mapping[Any, Any]]:
        """What a list shows of the dossiers chosen.

        The usual readings differ by their values alone: their statements are built once. One
        whose runs follow what stages or referents are in use, or that filters otherwise, is not.
        """
        if not self.runs:
            return []
        changing = self.sort.key in _CHANGING or self.most != PAGE + 1
        if changing or not answers(self.filters):
            return connection.execute(self.query(as_given)).mappings().all()
        value, id = self.start or (None, None)
        values = {VALUE: value, ID: id, **self.filters.counted_values(self.organisme_id)}
        return _fixed(_Shape(self._shape(), self.query)).rows(connection, values)

    def query(self, bind: Bind) -> Select[*tuple[Any, ...]]:
        """The statement: few enough dossiers are chosen to be put in order at the end."""
        kept = self.filters.clauses(
            self.organisme_id, walking=self.walking, spread=self.spread, bind=bind
        )
        value = sort_value(self.sort.key, self.pipeline)
        shown = select(*LINE, value.label("cle"))
        if value is D.c.id:  # one run, in the order of its ids: nothing is left to be put in order
            (whole,) = self._parts(shown.select_from(WITH_NAMES).where(*kept), bind)
            return whole
        here = select(D.c.id).select_from(WITH_NAMES if self.filters.text else D).where(*kept)
        parts = self._parts(here, bind)
        chosen = union_all(*[select(part.subquery()) for part in parts]).subquery()
        query = shown.select_from(WITH_NAMES.join(chosen, chosen.c.id == D.c.id))
        last = [key.desc() if self.descending else key.asc() for key in (value, D.c.id)]
        return query.order_by(chosen.c.rang, *last).limit(self.most)

    def _parts(self, here: Any, bind: Bind) -> Iterator[Select[Any]]:
        return in_order(
            here,
            self.runs,
            self.start,
            descending=self.descending,
            most=self.most,
            bind=bind,
            organisme=self.organisme_id if self.spread else None,
            sorting=self.sorting,
        )

    def _shape(self) -> tuple[object, ...]:
        place = None if self.start is None else place_of(self.runs, self.start[0])
        order = (self.sort.key, self.descending, place, self.walking, self.spread)
        return (*order, *self.filters.counted_shape())


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement is told by; `query` builds it, the first time."""

    key: tuple[object, ...]
    query: Callable[[Bind], Executable] = field(compare=False)


@lru_cache(maxsize=256)
def _fixed(shape: _Shape) -> Statement:
    return Statement(shape.query(lambda name, _value: bindparam(name)), planned_anew=True)


def _is_to_be_walked(
    connection: Connection, organisme_id: int, filters: Filters, size: int, counts: Counts | None
) -> bool:
    """Whether to follow the order until a page is full, or to sort all that the filters keep.

    Following it reads `size` rows for each one in `total / kept`; sorting reads `kept`. Only
    SQLite must be told: PostgreSQL knows how many rows to expect.
    """
    if connection.dialect.name != "sqlite" or not answers(filters) or filters == Filters():
        return False
    counts = counts or counts_of(connection, organisme_id, filters)
    kept = counts.kept.whole(filters).count
    total = counts.everything.whole(Filters()).count
    return kept * kept > size * total


def _is_held(filters: Filters, sort: Sort) -> bool:
    """Whether an index holds what the filters keep in this very order: one stage, by its date."""
    one_stage = len(filters.stages) == 1 and filters.pipeline is not None
    return one_stage and sort.key == "depuis"


def _is_to_be_spread(connection: Connection, filters: Filters, sort: Sort) -> bool:
    """Whether the order must begin with the organisme, for PostgreSQL to follow its index.

    Equal to one value, it is no key of an order any more. PostgreSQL then takes the index of the
    ids alone, as if organismes were mixed everywhere: before those of an organisme that stopped
    long ago it reads everything that came after.
    """
    narrows = replace(filters, pipeline=None) != Filters()
    return connection.dialect.name == "postgresql" and sort.key == "dossier" and not narrows


def _are_short(connection: Connection, filters: Filters, sort: Sort) -> bool:
    """Whether each run is of one stage and one referent, which an index holds together.

    SQLite would rather follow the ids of the whole stage, and look each referent up.
    """
    one_stage = sort.key == "etape" or len(filters.stages) == 1
    one_referent = sort.key == "referent" or filters.referent_id is not None
    both = one_stage and one_referent and filters.pipeline is not None
    return connection.dialect.name == "sqlite" and sort.key in _CHANGING and both


def totals_of(
    connection: Connection, organisme_id: int, filters: Filters, counts: Counts | None = None
) -> StageTotals:
    """How many dossiers the filters keep, and their sums in cents."""
    if answers(filters):
        return (counts or counts_of(connection, organisme_id, filters)).kept.whole(filters)
    query = (
        select(
            func.count(),
            func.coalesce(func.sum(D.c.montant_demande), 0),
            func.coalesce(func.sum(D.c.montant_accorde), 0),
        )
        .select_from(WITH_NAMES if filters.text else D)
        .where(*filters.clauses(organisme_id))
    )
    count, asked, granted = connection.execute(query).one()
    return StageTotals(count, int(asked), int(granted))


def sort_value(key: str, pipeline: Pipeline | None) -> ColumnElement[Any]:
    """What the list is ordered by: never NULL, so that a page can start after any row."""
    if key == "etape" and pipeline is not None:
        ranks = {stage.key: rank for rank, stage in enumerate(pipeline.stages)}
        return case(ranks, value=D.c.stage, else_=len(ranks))
    values: dict[str, ColumnElement[Any]] = {
        "etape": D.c.stage,
        "lieu": func.coalesce(D.c.commune, ""),
        "referent": func.coalesce(C.c.nom, ""),
        "demande": func.coalesce(D.c.montant_demande, 0),
        "accorde": func.coalesce(D.c.montant_accorde, 0),
        "depuis": D.c.stage_since,
    }
    return values.get(key, D.c.id)


def _key_of(sort: Sort, cursor: Cursor) -> Any:
    if sort.key == "depuis":
        return datetime.fromisoformat(str(cursor.value))
    return cursor.value


def _cursor(row: Mapping[Any, Any], backwards: bool) -> Cursor:
    value = row["cle"]
    if isinstance(value, datetime):
        value = value.isoformat()
    return Cursor(value, row["id"], backwards)
