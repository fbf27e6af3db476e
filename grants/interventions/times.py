"""The time spent on a structure, or on a dossier, by dispositif and calendar year."""

from __future__ import annotations

from sqlalchemy import Connection, Integer, bindparam, cast, extract, func, or_, select

from grants.interventions.tables import Intervention
from workflow.database import table_of
from workflow.statements import Statement

_I = table_of(Intervention)
_YEAR = cast(extract("year", _I.c.le), Integer)
_TIMES = Statement(
    select(_I.c.dispositif, _YEAR.label("annee"), func.sum(_I.c.minutes).label("minutes"))
    .where(
        _I.c.organisme_id == bindparam("organisme"),
        _I.c.retiree_le.is_(None),
        or_(_I.c.structure_id == bindparam("structure"), _I.c.dossier_id == bindparam("dossier")),
    )
    .group_by(_I.c.dispositif, _YEAR)
)


def times_of(
    connection: Connection, organisme_id: int, structure_id: int | None, dossier_id: int
) -> tuple[tuple[str, int, int], ...]:
    """(dispositif, year, minutes), whoever spent the time."""
    asked = {"organisme": organisme_id, "structure": structure_id, "dossier": dossier_id}
    rows = _TIMES.rows(connection, asked)
    return tuple((row["dispositif"], row["annee"], int(row["minutes"])) for row in rows)
