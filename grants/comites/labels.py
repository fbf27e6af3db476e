"""The names of several séances at once, for lists."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from grants.comites.queries import seance_name
from grants.comites.tables import Seance
from workflow.database import table_of

_S = table_of(Seance)


def seance_names(
    connection: Connection, organisme_id: int, ids: Iterable[int | None]
) -> dict[int, str]:
    """« CTS du 12 mars 2027 », by id, for these séances of an organisme."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    query = select(*_S.c).where(_S.c.organisme_id == organisme_id, _S.c.id.in_(wanted))
    return {row["id"]: seance_name(row) for row in connection.execute(query).mappings()}
