"""The pièces of a dossier and their files, its structure's included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from grants.dossiers.pieces.tables import Fichier, Piece
from grants.dossiers.tables import Dossier
from workflow.database import LARGEST_ID, table_of
from workflow.errors import NotFound
from workflow.many import Among
from workflow.statements import Statement

_D, _P, _F = table_of(Dossier), table_of(Piece), table_of(Fichier)

_OF_A_DOSSIER = Statement(
    select(*_P.c).where(
        _P.c.organisme_id == bindparam("organisme"),
        or_(_P.c.dossier_id == bindparam("dossier"), _P.c.structure_id == bindparam("structure")),
    )
)


def pieces_of(connection: Connection, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is kept for a dossier's row: its own pièces, and those of its structure."""
    asked = {
        "organisme": row["organisme_id"],
        "dossier": row["id"],
        "structure": row["structure_id"],
    }
    return _OF_A_DOSSIER.rows(connection, asked)


_OF_DOSSIERS = Statement(select(*_P.c).where(Among(_P.c.dossier_id, "dossiers")))
_OF_STRUCTURES = Statement(select(*_P.c).where(Among(_P.c.structure_id, "structures")))


def pieces_of_many(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> dict[int, list[dict[str, Any]]]:
    """The same for many dossiers' rows, by dossier."""
    structures = {row["structure_id"] for row in rows if row["structure_id"] is not None}
    owned: dict[tuple[int, int | None, int | None], list[dict[str, Any]]] = {}
    for each in (
        *_OF_DOSSIERS.rows(connection, {"dossiers": [row["id"] for row in rows]}),
        *(_OF_STRUCTURES.rows(connection, {"structures": structures}) if structures else ()),
    ):
        owner = (each["organisme_id"], each["dossier_id"], each["structure_id"])
        owned.setdefault(owner, []).append(each)
    return {
        row["id"]: [
            *owned.get((row["organisme_id"], row["id"], None), ()),
            *owned.get((row["organisme_id"], None, row["structure_id"]), ()),
        ]
        for row in rows
    }


def files_of(
    connection: Connection, organisme_id: int, pieces: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """The files of these pièces that were not withdrawn, in the order they came, by pièce."""
    if not pieces:
        return {}
    query = (
        select(*_F.c)
        .where(_F.c.organisme_id == organisme_id, _F.c.piece_id.in_(pieces))
        .where(_F.c.retire_le.is_(None))
        .order_by(_F.c.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["piece_id"], []).append(dict(row))
    return found


def read_file(
    connection: Connection, organisme_id: int, dossier_id: int, file_id: int
) -> dict[str, Any]:
    """One file of a dossier or of its structure, withdrawn ones included. Raises NotFound."""
    if not (0 < file_id <= LARGEST_ID and 0 < dossier_id <= LARGEST_ID):
        raise NotFound
    query = (
        select(*_F.c, _P.c.cle)
        .join(_P, _P.c.id == _F.c.piece_id)
        .join(_D, _of(_D.c.id, _D.c.structure_id))
        .where(_F.c.organisme_id == organisme_id, _D.c.organisme_id == organisme_id)
        .where(_F.c.id == file_id, _D.c.id == dossier_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def _of(dossier: Any, structure: Any) -> ColumnElement[bool]:
    return or_(_P.c.dossier_id == dossier, _P.c.structure_id == structure)


def stored_as(connection: Connection, organisme_id: int, sha256: str) -> str | None:
    """Under which name a content already stands on the disk for an organisme."""
    query = select(_F.c.stockage).where(_F.c.organisme_id == organisme_id, _F.c.sha256 == sha256)
    return connection.execute(query.limit(1)).scalar()


def stored_among(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of these names on the disk that some row knows."""
    query = select(_F.c.stockage).where(_F.c.stockage.in_(names))
    return set(connection.execute(query).scalars())
