"""Take a backup: every table as it stood at one instant, and its files, while the server runs.

A file is durable before a row speaks of it, and never changes: what is read after the instant of
the tables is what was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.engine import URL
from sqlmodel import Session

from api.backup.archive import Manifest, SavedTable, Writer, written
from api.backup.shape import Shape, order_by, shapes
from api.backup.values import KINDS
from api.migrate import State, opened, require_known, revision_of, state_of
from api.schema import JOURNAL_OWNERS
from api.version import VERSION
from grants.dossiers.pieces.storage import FileGone, Storage
from workflow.errors import DomainError
from workflow.journal_check import export_anchors

_AT_ONCE = 1000


class NothingToSave(DomainError):
    """La base est vide : il n'y a rien à sauvegarder."""

    code = "base_vide"


def take(url: str | URL, path: Path, now: datetime, storage: Storage | None = None) -> Manifest:
    """Write the whole database and its files to a file, and give back its manifest.

    Without `storage`, the tables alone.
    """
    with opened(url) as database, database.reading() as session:
        connection = _snapshot(session)
        require_known(connection)
        if state_of(connection) is State.EMPTY:
            raise NothingToSave
        with written(path) as writer:
            manifest = _write(connection, writer, now, storage)
            writer.close(manifest)
    return manifest


def _snapshot(session: Session) -> Connection:
    """A transaction that sees one instant only; SQLite's readers always do."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    return connection


def _write(
    connection: Connection, writer: Writer, now: datetime, storage: Storage | None
) -> Manifest:
    tables = tuple(_save(connection, writer, shape) for shape in shapes(connection))
    names = {table.name for table in tables}
    owners = {kind: table for kind, table in JOURNAL_OWNERS.items() if table.name in names}
    anchors = ([a.kind, a.id, a.seq, a.head] for a in export_anchors(connection, owners))
    kept, lost = _copy_files(connection, writer, storage) if storage else ([], 0)
    return Manifest(
        program=VERSION,
        revision=revision_of(connection) or "",
        database=connection.dialect.name,
        taken_at=now,
        tables=tables,
        anchors=writer.part("ancres.jsonl", anchors),
        files=writer.part("fichiers.jsonl", kept) if storage else None,
        lost=lost,
    )


def _copy_files(connection: Connection, writer: Writer, storage: Storage) -> tuple[list[Any], int]:
    """Copy every file that a row speaks of; those that are not on the disk are counted."""
    named = next((shape for shape in shapes(connection) if shape.name == "fichier"), None)
    if named is None:
        return [], 0
    column = named.clause().c.stockage
    kept, lost = [], 0
    for name in connection.execute(select(column).distinct().order_by(column)).scalars():
        try:
            kept.append(writer.file(name, storage.path(name)))
        except FileGone:
            lost += 1
    return kept, lost


def _save(connection: Connection, writer: Writer, shape: Shape) -> SavedTable:
    part = writer.part(f"tables/{shape.name}.jsonl", _rows(connection, shape))
    return SavedTable(**part.model_dump(), name=shape.name, columns=shape.columns)


def _rows(connection: Connection, shape: Shape) -> Iterator[list[Any]]:
    clause = shape.clause()
    writes = [KINDS[kind].write for _name, kind in shape.columns]
    query = select(*[clause.c[name] for name, _kind in shape.columns])
    query = query.order_by(*order_by(shape, connection)).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query):
        yield [
            None if value is None else write(value)
            for write, value in zip(writes, row, strict=True)
        ]
