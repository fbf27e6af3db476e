"""The séances as screens and rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from grants.comites.tables import Seance
from grants.dossiers.tables import Dossier
from workflow.database import LARGEST_ID, table_of
from workflow.dates import format_date, to_paris
from workflow.statements import Statement

_S, _D = table_of(Seance), table_of(Dossier)
_ONE = Statement(
    select(*_S.c).where(_S.c.organisme_id == bindparam("organisme"), _S.c.id == bindparam("seance"))
)

#: The stages of a séance that dossiers may be inscribed to.
TAKES_INSCRIPTIONS = ("preparation", "convoquee")


def seance_name(row: Mapping[str, Any]) -> str:
    """« CTS du 12 mars 2027 »."""
    return f"{row['comite']} du {format_date(to_paris(row['tenue_le']).date())}"


def read_seance(connection: Connection, organisme_id: int, id: int) -> dict[str, Any] | None:
    """One séance of an organisme."""
    if not 0 < id <= LARGEST_ID:
        return None
    return _ONE.first(connection, {"organisme": organisme_id, "seance": id})


def open_seances(connection: Connection, organisme_id: int, today: date) -> list[dict[str, Any]]:
    """The séances whose inscriptions are not closed, soonest first."""
    query = select(*_S.c).where(
        _S.c.organisme_id == organisme_id,
        _S.c.cloture_inscriptions >= today,
        _S.c.stage.in_(TAKES_INSCRIPTIONS),
    )
    rows = connection.execute(query.order_by(_S.c.tenue_le)).mappings()
    return [dict(row) for row in rows]


def inscription_closings(connection: Connection, organisme_id: int) -> dict[int, date]:
    """The last day of inscription of each séance that still takes dossiers, by id."""
    query = select(_S.c.id, _S.c.cloture_inscriptions).where(
        _S.c.organisme_id == organisme_id, _S.c.stage.in_(TAKES_INSCRIPTIONS)
    )
    return {row.id: row.cloture_inscriptions for row in connection.execute(query)}


def seances_with_counts(connection: Connection, organisme_id: int) -> list[dict[str, Any]]:
    """Every séance, latest first, with the number of dossiers inscribed (`inscrits`)."""
    inscribed = (
        select(_D.c.seance_id, func.count().label("inscrits"))
        .where(_D.c.organisme_id == organisme_id, _D.c.seance_id.is_not(None))
        .group_by(_D.c.seance_id)
        .subquery()
    )
    query = (
        select(*_S.c, func.coalesce(inscribed.c.inscrits, 0).label("inscrits"))
        .outerjoin(inscribed, inscribed.c.seance_id == _S.c.id)
        .where(_S.c.organisme_id == organisme_id)
        .order_by(_S.c.tenue_le.desc(), _S.c.id.desc())
    )
    return [dict(row) for row in connection.execute(query).mappings()]
