"""The list: sorted by any offered column, page after page by key, never by counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal, select, tuple_

from grants.dossiers.board import LINE, DossierLine, StageTotals, line
from grants.dossiers.filters import WITH_NAMES, C, D, Filters
from workflow.database import UtcDateTime
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
    value = sort_value(sort.key, pipeline)
    backwards = cursor is not None and cursor.backwards
    descending = sort.descending != backwards
    query = (
        select(*LINE, value.label("cle"))
        .select_from(WITH_NAMES)
        .where(*filters.clauses(organisme_id))
        .limit(size + 1)
    )
    if cursor is not None:
        here = tuple_(value, D.c.id)
        there = tuple_(_key_of(sort, cursor), literal(cursor.id))
        query = query.where(here < there if descending else here > there)
    order = (value.desc(), D.c.id.desc()) if descending else (value.asc(), D.c.id.asc())
    rows = list(connection.execute(query.order_by(*order)).mappings())
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


def totals_of(connection: Connection, organisme_id: int, filters: Filters) -> StageTotals:
    """How many dossiers the filters keep, and their sums in cents."""
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


def _key_of(sort: Sort, cursor: Cursor) -> ColumnElement[Any]:
    if sort.key == "depuis":
        return literal(datetime.fromisoformat(str(cursor.value)), UtcDateTime())
    return literal(cursor.value)


def _cursor(row: Mapping[Any, Any], backwards: bool) -> Cursor:
    value = row["cle"]
    if isinstance(value, datetime):
        value = value.isoformat()
    return Cursor(value, row["id"], backwards)
