"""Restore a backup into an empty database, of either kind: all of it, or nothing.

The files come first: without the rows that speak of them, they do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError

from api.backup.archive import Archive, DamagedBackup, Manifest, SavedTable, read
from api.backup.shape import Shape, shapes
from api.backup.values import KINDS
from api.migrate import NewerDatabase, State, apply, head, migrating, revisions, state_of
from api.schema import JOURNAL_OWNERS
from grants.dossiers.pieces.storage import Storage
from workflow.errors import DomainError
from workflow.journal_check import Anchor, Verification, verify

_AT_ONCE = 1000


class NotEmpty(DomainError):
    """Cette base contient déjà des données : une sauvegarde se restaure dans une base vide.
    Donnez-en une autre (DATABASE_URL)."""

    code = "base_non_vide"


class NewerBackup(NewerDatabase):
    """Cette sauvegarde ({found}) a été faite par un programme plus récent ({known} ici) :
    mettez le programme à jour, puis recommencez."""

    code = "sauvegarde_plus_recente"


class RowsRefused(DomainError):
    """La base refuse des lignes de la table {table} : {why}. Rien n'a été restauré."""

    code = "lignes_refusees"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what the journal says of itself afterwards."""

    manifest: Manifest
    journal: Verification

    @property
    def rows(self) -> int:
        """How many rows were restored, all tables together."""
        return sum(table.lines for table in self.manifest.tables)


def restore(path: Path, url: str | URL, storage: Storage | None = None) -> Restored:
    """Make the database again at the revision it had, fill it, then bring it to today's.

    Without `storage`, the tables alone.
    """
    with read(path) as archive:
        manifest = archive.manifest
        if manifest.revision not in revisions():
            raise NewerBackup(found=manifest.revision, known=head())
        with migrating(url) as connection:
            if state_of(connection) is not State.EMPTY:
                raise NotEmpty
            if storage is not None:
                for name, file in archive.files():
                    storage.put(name, file)
            apply(connection, manifest.revision)
            _fill(connection, archive, path)
            apply(connection)
            anchors = [Anchor(*line) for line in archive.lines(manifest.anchors)]
            return Restored(manifest, verify(connection, JOURNAL_OWNERS, anchors))


def _fill(connection: Connection, archive: Archive, path: Path) -> None:
    made = {shape.name: shape for shape in shapes(connection)}
    tables = archive.manifest.tables
    if {table.name: table.columns for table in tables} != {n: s.columns for n, s in made.items()}:
        raise DamagedBackup(file=path, part="ses tables ne sont pas celles de sa version")
    for table in tables:
        _load(connection, archive, table, made[table.name])
        found = _count(connection, made[table.name])
        if found != table.lines:
            raise RowsRefused(table=table.name, why=f"{found} lignes au lieu de {table.lines}")
        if connection.dialect.name == "postgresql":
            _continue_numbering(connection, made[table.name])


def _load(connection: Connection, archive: Archive, table: SavedTable, shape: Shape) -> None:
    statement = insert(shape.clause())
    rows = _rows(archive, table)
    try:
        while batch := list(islice(rows, _AT_ONCE)):
            connection.execute(statement, batch)
    except (DataError, IntegrityError) as error:
        why = str(error.orig).strip().splitlines()[0]
        raise RowsRefused(table=table.name, why=why) from error


def _rows(archive: Archive, table: SavedTable) -> Iterator[dict[str, Any]]:
    reads = [(name, KINDS[kind].read) for name, kind in table.columns]
    for line in archive.lines(table):
        yield {
            name: None if value is None else read_value(value)
            for (name, read_value), value in zip(reads, line, strict=True)
        }


def _count(connection: Connection, shape: Shape) -> int:
    return connection.execute(select(func.count()).select_from(shape.clause())).scalar_one()


def _continue_numbering(connection: Connection, shape: Shape) -> None:
    """The next identifier follows the last one restored."""
    if shape.key != ("id",):
        return
    last = connection.execute(select(func.max(shape.clause().c.id))).scalar()
    if last is not None:
        set_value = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
        connection.execute(set_value, {"name": shape.name, "last": last})
