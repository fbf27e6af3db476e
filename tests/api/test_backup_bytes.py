"""A backup of which any byte was changed: refused, or what is read of it is what was saved."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.backup.archive import DamagedBackup, NotABackup, read
from api.backup.take import take
from api.migrate import migrating, upgrade
from tests.builders.databases import Databases
from tests.builders.filled_rows import fill

#: The record that ends a zip, where each byte tells where the others are.
END = 22


def _rows(path: Path) -> dict[str, list[Any]]:
    with read(path) as archive:
        return {part.name: list(archive.lines(part)) for part in archive.manifest.tables}


def test_a_byte_changed_anywhere_is_refused_or_changes_nothing(
    databases: Databases, tmp_path: Path
) -> None:
    path = tmp_path / "sauvegarde.zip"
    with databases.fresh("sqlite", upgrade) as url:
        with migrating(url) as connection:
            fill(connection)
        take(url, path, datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    whole, before = path.read_bytes(), _rows(path)
    some = range(0, len(whole) - END, len(whole) // 397)
    refused = 0
    for place in (*some, *range(len(whole) - END, len(whole))):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        refused += 1
        with suppress(DamagedBackup, NotABackup):
            assert _rows(path) == before, place
            refused -= 1
    assert refused > len(some) // 2
