"""The list: sorted by any offered column, page after page by key, never by counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, func, select, union_all

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.counters import StageTotals, answers, counted
from grants.dossiers.filters import WITH_NAMES, C, D, Filters
from grants.dossiers.runs import in_order, runs_of
from workflow.pipeline import Pipeline

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
) -> Page:
    """One page: `size` dossiers after (or before) the cursor, in the order asked for.

    A cursor that nothing follows any more, because dossiers moved, leads to the first page.
    """
    backwards = cursor is not None and cursor.backwards
    descending = sort.descending != backwards
    runs = runs_of(connection, organisme_id, sort.key, pipeline)
    start = None if cursor is None else (_key_of(sort, cursor), cursor.id)
    walking = _is_to_be_walked(connection, organisme_id, filters, size)
    here = (
        select(D.c.id)
        .select_from(WITH_NAMES if filters.text else D)
        .where(*filters.clauses(organisme_id, walking=walking))
    )
    parts = list(in_order(here, runs, start, descending=descending, most=size + 1))
    rows = _rows(connection, parts, sort_value(sort.key, pipeline), size + 1, descending=descending)
    if cursor is not None and not rows:
        return page_of(connection, organisme_id, filters, sort, pipeline, size=size)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return Page(
        lines=tuple(line(row) for row in rows),
        previous=_cursor(rows[0], True) if rows and (more if backwards else cursor) else None,
        next=_cursor(rows[-1], False) if rows and (backwards or more) else None,
    )


def _rows(
    connection: Connection,
    parts: list[Select[Any]],
    value: ColumnElement[Any],
    most: int,
    *,
    descending: bool,
) -> list[RowMapping]:
    """What a list shows of the dossiers chosen: few enough to be put in order at the end."""
    if not parts:
        return []
    chosen = union_all(*[select(part.subquery()) for part in parts]).subquery()
    query = select(*LINE, value.label("cle")).select_from(
        WITH_NAMES.join(chosen, chosen.c.id == D.c.id)
    )
    order = (value.desc(), D.c.id.desc()) if descending else (value.asc(), D.c.id.asc())
    ordered = query.order_by(chosen.c.rang, *order).limit(most)
    return list(connection.execute(ordered).mappings())


def _is_to_be_walked(
    connection: Connection, organisme_id: int, filters: Filters, size: int
) -> bool:
    """Whether to follow the order until a page is full, or to sort all that the filters keep.

    Following it reads `size` rows for each one in `total / kept`; sorting reads `kept`. Only
    SQLite must be told: PostgreSQL knows how many rows to expect.
    """
    if connection.dialect.name != "sqlite" or not answers(filters) or filters == Filters():
        return False
    kept = counted(connection, organisme_id, filters).count
    total = counted(connection, organisme_id, Filters()).count
    return kept * kept > size * total


def totals_of(connection: Connection, organisme_id: int, filters: Filters) -> StageTotals:
    """How many dossiers the filters keep, and their sums in cents."""
    if answers(filters):
        return counted(connection, organisme_id, filters)
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
