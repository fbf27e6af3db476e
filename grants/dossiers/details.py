"""What the list shows of a dossier beside its line: one query for a page, whatever its columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.filters import WITH_NAMES, D, Filters
from workflow.database import LARGEST_ID

_READ = (
    D.c.id,
    D.c.ouvert_le,
    D.c.secteur,
    D.c.cout_total,
    D.c.date_debut,
    D.c.date_fin,
    D.c.seance_id,
)


@dataclass(frozen=True, slots=True)
class Detail:
    """The less usual columns of one dossier. Amounts in cents."""

    id: int
    ouvert_le: date
    secteur: str | None
    cout_total: int | None
    date_debut: date | None
    date_fin: date | None
    seance_id: int | None


def details_of(
    connection: Connection, organisme_id: int, dossiers: Collection[int]
) -> dict[int, Detail]:
    """The details of these dossiers of an organisme, by id."""
    known = [id for id in dossiers if 0 < id <= LARGEST_ID]
    if not known:
        return {}
    query = select(*_READ).where(D.c.organisme_id == organisme_id, D.c.id.in_(known))
    return {row["id"]: Detail(**row) for row in connection.execute(query).mappings()}


def lines_after(
    connection: Connection, organisme_id: int, filters: Filters, last: int | None, most: int
) -> list[DossierLine]:
    """The next dossiers that the filters keep, the newest first: each once, whatever moves.

    The order is that of the ids, which nothing changes: a dossier whose stage or amount changes
    between two slices is neither told twice nor forgotten.
    """
    query = (
        select(*LINE)
        .select_from(WITH_NAMES)
        .where(*filters.clauses(organisme_id))
        .order_by(D.c.id.desc())
        .limit(most)
    )
    if last is not None:
        query = query.where(D.c.id < last)
    return [line(row) for row in connection.execute(query).mappings()]
