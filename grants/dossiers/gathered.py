"""The dossiers gathered by what they share: a structure, a séance."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.filters import WITH_NAMES, D


def dossiers_of_structure(
    connection: Connection, organisme_id: int, structure_id: int
) -> list[DossierLine]:
    """The dossiers of a structure in every pipeline, latest opened first."""
    return _gathered(connection, organisme_id, D.c.structure_id == structure_id)


def dossiers_of_seance(
    connection: Connection, organisme_id: int, seance_id: int
) -> list[DossierLine]:
    """The dossiers inscribed to a séance, latest opened first."""
    return _gathered(connection, organisme_id, D.c.seance_id == seance_id)


def dossiers_by_id(
    connection: Connection, organisme_id: int, ids: Sequence[int]
) -> list[DossierLine]:
    """These dossiers of the organisme."""
    return _gathered(connection, organisme_id, D.c.id.in_(ids))


def counts_by_structure(
    connection: Connection, organisme_id: int, structures: Sequence[int]
) -> dict[int, int]:
    """How many dossiers each of these structures has; those without any are left out."""
    query = (
        select(D.c.structure_id, func.count())
        .where(D.c.organisme_id == organisme_id, D.c.structure_id.in_(structures))
        .group_by(D.c.structure_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _gathered(
    connection: Connection, organisme_id: int, condition: ColumnElement[bool]
) -> list[DossierLine]:
    query = (
        select(*LINE)
        .select_from(WITH_NAMES)
        .where(D.c.organisme_id == organisme_id, condition)
        .order_by(D.c.ouvert_le.desc(), D.c.id.desc())
    )
    return [line(row) for row in connection.execute(query).mappings()]
