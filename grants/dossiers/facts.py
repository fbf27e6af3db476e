"""What guards and échéances may ask about a dossier, read in the transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from grants.dossiers.tables import RendezVous
from grants.dossiers.vocabulary import DOSSIERS
from workflow.database import table_of
from workflow.many import Among
from workflow.statements import Statement
from workflow.subject import Subject

_R = table_of(RendezVous)
_LATEST = Statement(
    select(_R.c.le).where(_R.c.dossier_id == bindparam("dossier")).order_by(_R.c.id.desc()).limit(1)
)
_OF_MANY = Statement(
    select(_R.c.dossier_id, _R.c.le, _R.c.lieu)
    .where(Among(_R.c.dossier_id, "dossiers"))
    .order_by(_R.c.id)
)
# A mid-term bilan is owed by projects that last over six months (guide FSE 4.2.3).
LONG_PROJECT = timedelta(days=183)


@DOSSIERS.fact("rendez_vous", is_date=True)
def appointment(connection: Connection, subject: Subject) -> datetime | None:
    """The appointment in force."""
    row = _LATEST.first(connection, {"dossier": subject.id})
    return None if row is None else row["le"]


@DOSSIERS.fact_of_many("rendez_vous")
def appointments(connection: Connection, subjects: Collection[Subject]) -> dict[int, datetime]:
    """The appointment in force of each of these dossiers."""
    found = appointments_in_force(connection, [each.id for each in subjects])
    return {id: row["le"] for id, row in found.items()}


def appointments_in_force(
    connection: Connection, dossiers: Collection[int]
) -> dict[int, dict[str, Any]]:
    """The last appointment of each of these dossiers that has one: `le`, `lieu`."""
    found = _OF_MANY.rows(connection, {"dossiers": dossiers})
    return {row["dossier_id"]: row for row in found}


@DOSSIERS.fact("date_fin_projet", is_date=True)
def project_end(_connection: Connection, subject: Subject) -> date | None:
    """The last day of the project."""
    return subject.row["date_fin"]


@DOSSIERS.fact("mi_parcours", is_date=True)
def project_half_way(_connection: Connection, subject: Subject) -> date | None:
    """Half-way through a project that lasts over six months."""
    return half_way(subject.row)


def half_way(row: Mapping[str, Any]) -> date | None:
    """The day half-way through a dossier's project, where a bilan is owed then."""
    start, end = row["date_debut"], row["date_fin"]
    if start is None or end is None or end - start <= LONG_PROJECT:
        return None
    return start + (end - start) / 2
