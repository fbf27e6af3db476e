"""A backup holds the files handed in with the rows that speak of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from api.backup.archive import FILES, MANIFEST, DamagedBackup, read
from api.backup.restore import restore
from api.backup.take import take
from api.migrate import State, migrating, state, upgrade
from grants.dossiers.pieces.storage import Storage
from tests.builders.databases import KINDS, Databases
from tests.builders.documents import PNG, pdf
from tests.builders.filled_rows import fill

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.fixture
def filled(databases: Databases, database_kind: str) -> Iterator[str]:
    with databases.fresh(database_kind, upgrade) as url:
        with migrating(url) as connection:
            fill(connection)
        yield url


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}


def with_files(url: str, storage: Storage) -> dict[str, bytes]:
    """Two files on the disk, that the rows of `fichier` speak of; their contents by name."""
    held: dict[str, bytes] = {}
    for id, content in ((1, pdf(2)), (2, PNG)):
        with storage.arrival() as (path, file):
            file.write(content)
            file.flush()
            held[storage.keep(path)] = content
        row = text("UPDATE fichier SET stockage = :name WHERE id = :id")
        with migrating(url) as connection:
            connection.execute(row, {"name": list(held)[-1], "id": id})
    return held


@pytest.mark.parametrize("elsewhere", KINDS)
def test_the_files_go_with_the_rows_that_speak_of_them(
    databases: Databases, filled: str, elsewhere: str, tmp_path: Path
) -> None:
    storage, other = Storage(tmp_path / "ici"), Storage(tmp_path / "ailleurs")
    held, path = with_files(filled, storage), tmp_path / "sauvegarde.zip"
    manifest = take(filled, path, NOW, storage)
    assert manifest.files is not None
    assert (manifest.files.lines, manifest.lost) == (2, 0)
    with databases.fresh(elsewhere, None) as url:
        restore(path, url, other)
        second = tmp_path / "seconde.zip"
        take(url, second, NOW, other)
    assert {name: other.path(name).read_bytes() for name in other.names()} == held
    assert contents(second) == contents(path)


def test_a_file_that_the_disk_has_lost_is_told_and_does_not_stop_the_backup(
    filled: str, tmp_path: Path
) -> None:
    storage = Storage(tmp_path / "ici")
    lost, kept = with_files(filled, storage)
    storage.drop(lost)
    manifest = take(filled, tmp_path / "sauvegarde.zip", NOW, storage)
    assert manifest.lost == 1
    with read(tmp_path / "sauvegarde.zip") as archive:
        assert [name for name, _file in archive.files()] == [kept]


def test_an_altered_file_is_found_before_anything_is_restored(
    databases: Databases, filled: str, tmp_path: Path
) -> None:
    storage, other = Storage(tmp_path / "ici"), Storage(tmp_path / "ailleurs")
    with_files(filled, storage)
    path, forged = tmp_path / "sauvegarde.zip", tmp_path / "alteree.zip"
    take(filled, path, NOW, storage)
    with zipfile.ZipFile(path) as found, zipfile.ZipFile(forged, "w") as into:
        for name in found.namelist():
            content = found.read(name)
            into.writestr(name, content + b" " if name.startswith(FILES) else content)
    with databases.fresh("sqlite", None) as url:
        with pytest.raises(DamagedBackup, match="fichiers/"):
            restore(forged, url, other)
        assert state(url) is State.EMPTY
    assert list(other.names()) == []
