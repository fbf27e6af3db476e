"""Merges as they were made, and the structure that stands for one that was absorbed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.fusions.moved import C as _C
from grants.fusions.moved import Content, D
from grants.fusions.moved import P as _P
from grants.fusions.tables import Fusion
from grants.structures.service import COLUMN_OF, STRUCTURE_FIELDS, STRUCTURES
from grants.structures.tables import Structure
from workflow.database import LARGEST_ID, table_of
from workflow.errors import NotFound
from workflow.journal_tables import JournalEntry

_M, _S, _J = table_of(Fusion), table_of(Structure), table_of(JournalEntry)


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge, with the name of the structure that it absorbed."""

    id: int
    kept_id: int
    absorbed_id: int
    absorbed: str
    at: datetime
    by: str
    content: Content
    undone: bool


def read_merge(connection: Connection, organisme_id: int, id: int, *, lock: bool = False) -> Merge:
    """One merge of an organisme. Raises NotFound."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = _SELECT.where(_M.c.organisme_id == organisme_id, _M.c.id == id)
    if lock:
        query = query.with_for_update(of=_M)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return _merge(row)


def merges_into(connection: Connection, organisme_id: int, structure_id: int) -> list[Merge]:
    """The merges in force that a structure was kept by, latest first."""
    query = _SELECT.where(
        _M.c.organisme_id == organisme_id,
        _M.c.gardee_id == structure_id,
        _M.c.annulee_le.is_(None),
    )
    rows = connection.execute(query.order_by(_M.c.id.desc())).mappings()
    return [_merge(row) for row in rows]


def standing_for(connection: Connection, row: Mapping[str, Any]) -> int:
    """The structure that a row leads to: itself, or the one that absorbed it, however far."""
    found = row
    while found["absorbee_par_id"] is not None:
        found = STRUCTURES.read(connection, row["organisme_id"], found["absorbee_par_id"])
    return found["id"]


def what_depends(connection: Connection, organisme_id: int, merge: Merge) -> tuple[str, ...]:
    """Why a merge cannot be undone any more; nothing when it can."""
    kept = STRUCTURES.read(connection, organisme_id, merge.kept_id)
    if kept["absorbee_par_id"] is not None:
        return ("La structure gardée a elle-même été fusionnée depuis.",)
    return (
        *_fields_changed(kept, merge),
        *_numbers_taken(connection, organisme_id, merge),
        *_dossiers_gone_on(connection, merge),
        *_moved_again(connection, merge),
    )


_SELECT = select(*_M.c, _S.c.nom.label("absorbee_nom")).join(_S, _S.c.id == _M.c.absorbee_id)


def _merge(row: Mapping[str, Any]) -> Merge:
    return Merge(
        id=row["id"],
        kept_id=row["gardee_id"],
        absorbed_id=row["absorbee_id"],
        absorbed=row["absorbee_nom"],
        at=row["le"],
        by=row["par"],
        content=Content(**json.loads(row["contenu"])),
        undone=row["annulee_le"] is not None,
    )


def _fields_changed(kept: Mapping[str, Any], merge: Merge) -> tuple[str, ...]:
    labels = {COLUMN_OF.get(each.key, each.key): each.label for each in STRUCTURE_FIELDS}
    return tuple(
        f"« {labels[column]} » a été changé depuis sur la fiche."
        for column, (_, after) in merge.content.champs.items()
        if column in labels and kept[column] != after
    )


def _numbers_taken(connection: Connection, organisme_id: int, merge: Merge) -> tuple[str, ...]:
    told: list[str] = []
    for column, number in merge.content.rendus.items():
        query = select(_S.c.nom).where(
            _S.c.organisme_id == organisme_id,
            _S.c[column] == number,
            _S.c.id.not_in([merge.kept_id, merge.absorbed_id]),
        )
        taken = connection.execute(query).scalar()
        if taken is not None:
            told.append(f"Le {column.upper()} {number} est maintenant celui de « {taken} ».")
    return tuple(told)


def _dossiers_gone_on(connection: Connection, merge: Merge) -> tuple[str, ...]:
    """The dossiers that moved with the merge and were moved, or tied elsewhere, since."""
    since = {int(id): seq for id, seq in merge.content.dossiers.items()}
    if not since:
        return ()
    ids = list(since)
    query = select(D.c.id, D.c.reference, D.c.structure_id).where(D.c.id.in_(ids))
    names = {row.id: row for row in connection.execute(query.order_by(D.c.id))}
    moves = select(_J.c.subject_id, _J.c.seq).where(
        _J.c.subject_kind == "dossier", _J.c.subject_id.in_(ids), _J.c.kind == "mouvement"
    )
    gone_on = {
        row.subject_id for row in connection.execute(moves) if row.seq > since[row.subject_id]
    }
    told: list[str] = []
    for id, row in names.items():
        if row.structure_id != merge.kept_id:
            told.append(f"Le dossier {row.reference} a été rattaché depuis à une autre structure.")
        elif id in gone_on:
            told.append(f"Le dossier {row.reference} a avancé depuis.")
    return tuple(told)


def _moved_again(connection: Connection, merge: Merge) -> tuple[str, ...]:
    """Contacts taken off since, pièces handed in or judged since."""
    from_here = merge.content
    told: list[str] = []
    here = select(_C.c.id).where(_C.c.id.in_(list(from_here.contacts)))
    kept = here.where(_C.c.structure_id == merge.kept_id)
    if len(connection.execute(kept).all()) != len(from_here.contacts):
        told.append("Un contact venu avec la fusion a été retiré depuis.")
    pieces = {int(id): version for id, version in from_here.pieces.items()}
    query = select(_P.c.id, _P.c.version).where(_P.c.id.in_(list(pieces)))
    versions = {row.id: row.version for row in connection.execute(query)}
    if versions != pieces:
        told.append("Une pièce venue avec la fusion a changé depuis.")
    return tuple(told)
