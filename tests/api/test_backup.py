from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.backup.archive import (
    MANIFEST,
    BackupExists,
    DamagedBackup,
    NotABackup,
    read,
)
from api.backup.restore import NewerBackup, NotEmpty, RowsRefused, restore
from api.backup.take import NothingToSave, take
from api.migrate import State, migrating, opened, revisions, state, upgrade
from api.schema import JOURNAL_OWNERS
from tests.builders.databases import KINDS, Databases
from tests.builders.filled_rows import count_rows, fill
from workflow.journal import Entry, append
from workflow.journal_closed import close_chains
from workflow.subject import Actor

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
ACTOR = Actor(1, "Claire Fontaine", frozenset({"direction"}), "direction")
#: The owner of a chain that is not there any more.
REMOVED = 3


def fill_with_a_journal(url: str) -> None:
    """Rows in every table, whose journal is the one that their chains would have."""
    with migrating(url) as connection:
        fill(connection)
    with opened(url) as database, database.unit_of_work() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("DROP TRIGGER journal_no_delete"))
            connection.execute(text("DROP TRIGGER journal_payload_no_delete"))
        connection.execute(text("DELETE FROM journal"))
        connection.execute(text("DELETE FROM journal_payload"))
        connection.execute(text("DELETE FROM journal_clos"))
        for kind, table in JOURNAL_OWNERS.items():
            connection.execute(table.update().values(seq=0, head="0" * 64))
            for id in (1, 2, REMOVED):
                owner = Owner()
                for event in ("fiche_creee", "fiche_modifiee"):
                    entry = Entry(
                        "fait", event, ACTOR, NOW, content={"champs": {"nom": "L’Œuvre à Évry"}}
                    )
                    append(connection, owner, tenant_id=1, kind=kind, id=id, entry=entry)
                if id == REMOVED:
                    close_chains(connection, kind, [(id, owner.seq, owner.head)], NOW)
                connection.execute(
                    table.update().where(table.c.id == id).values(seq=owner.seq, head=owner.head)
                )


class Owner:
    seq = 0
    head = "0" * 64


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}


@pytest.fixture
def filled(databases: Databases, database_kind: str) -> Iterator[str]:
    with databases.fresh(database_kind, upgrade) as url:
        fill_with_a_journal(url)
        yield url


@pytest.fixture
def backup(databases: Databases, tmp_path: Path) -> Path:
    path = tmp_path / "sauvegarde.zip"
    with databases.fresh("sqlite", upgrade) as url:
        fill_with_a_journal(url)
        take(url, path, NOW)
    return path


# --- There and back ---------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", KINDS)
def test_a_backup_restored_elsewhere_holds_the_same_bytes(
    databases: Databases, filled: str, elsewhere: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "premiere.zip", tmp_path / "seconde.zip"
    take(filled, first, NOW)

    with databases.fresh(elsewhere, None) as url:
        restored = restore(first, url)
        take(url, second, NOW)

        assert state(url) is State.CURRENT
    assert contents(second) == contents(first)
    assert restored.journal.sound, restored.journal.findings
    # Two facts of each of three owners of every kind.
    assert restored.journal.entries == 2 * 3 * len(JOURNAL_OWNERS)
    assert restored.rows == sum(table.lines for table in restored.manifest.tables) > 60


def test_a_restored_database_goes_on_numbering_after_its_last_rows(
    databases: Databases, backup: Path, database_kind: str
) -> None:
    with databases.fresh(database_kind, None) as url:
        restore(backup, url)

        with migrating(url) as connection:
            new = connection.execute(
                text("INSERT INTO tentative_connexion (cle, le) VALUES ('a', :now) RETURNING id"),
                {"now": NOW},
            )
            assert new.scalar_one() == 3


def test_a_restored_journal_still_refuses_to_change(
    databases: Databases, backup: Path, database_kind: str
) -> None:
    with databases.fresh(database_kind, None) as url:
        restore(backup, url)

        with pytest.raises(Exception, match="le journal ne se"), migrating(url) as connection:
            connection.execute(text("UPDATE journal SET event = 'autre'"))


def test_a_backup_of_an_older_schema_is_restored_and_brought_to_todays(
    databases: Databases, database_kind: str, tmp_path: Path, rng: random.Random, long_run: bool
) -> None:
    """The oldest, today's, the one before and some in between; all of them in a long run."""
    oldest, *between, before_last, last = revisions()
    drawn = between if long_run else rng.sample(between, 2)
    for each in (oldest, *drawn, before_last, last):
        _brought(databases, database_kind, each, tmp_path / f"{each}.zip")


def _brought(databases: Databases, database_kind: str, revision: str, path: Path) -> None:
    with databases.fresh(database_kind, None) as url:
        upgrade(url, revision)
        with migrating(url) as connection:
            fill(connection)
            filled = count_rows(connection)
        take(url, path, NOW)

    with databases.fresh(database_kind, None) as url:
        restore(path, url)

        assert state(url) is State.CURRENT
        with migrating(url) as connection:
            counts = count_rows(connection)
    assert {name: counts[name] for name in filled} == filled


def test_a_backup_is_one_instant_of_a_database_that_others_write_to(
    databases: Databases, database_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two tables of the export, somebody commits a row in each."""
    from api.backup import take as taking

    path = tmp_path / "pendant.zip"
    with databases.fresh(database_kind, upgrade) as url:
        with migrating(url) as connection:
            fill(connection)
        save, written = taking._save, []

        def save_then_be_disturbed(*arguments: Any) -> Any:
            saved = save(*arguments)
            with migrating(url) as connection:
                for table in ("tentative_connexion", "note"):
                    connection.execute(text(DISTURBANCES[table]), {"now": NOW})
            written.append(saved)
            return saved

        monkeypatch.setattr(taking, "_save", save_then_be_disturbed)
        manifest = take(url, path, NOW)

    assert len(written) > 10
    assert {table.lines for table in manifest.tables} == {2}


DISTURBANCES = {
    "tentative_connexion": "INSERT INTO tentative_connexion (id, cle, le)"
    " SELECT max(id) + 1, 'x', :now FROM tentative_connexion",
    "note": "INSERT INTO note (id, organisme_id, dossier_id, auteur, le, texte)"
    " SELECT max(id) + 1, 1, 1, 'x', :now, 'x' FROM note",
}


def test_a_journal_altered_before_the_backup_is_told_after_the_restoration(
    databases: Databases, tmp_path: Path
) -> None:
    path = tmp_path / "sauvegarde.zip"
    with databases.fresh("sqlite", upgrade) as url:
        fill_with_a_journal(url)
        with migrating(url) as connection:
            connection.execute(text("DROP TRIGGER journal_no_update"))
            connection.execute(text("UPDATE journal SET event = 'autre' WHERE subject_id = 2"))
        take(url, path, NOW)

    with databases.fresh("sqlite", None) as url:
        assert not restore(path, url).journal.sound


# --- Files that are not to be believed --------------------------------------------------------


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_at_the_end(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def flip_a_byte(path: Path) -> None:
    """In the middle of what a part holds, wherever the headings of the others put it."""
    with zipfile.ZipFile(path) as archive:
        part = max(archive.infolist(), key=lambda each: each.compress_size)
    raw = bytearray(path.read_bytes())
    raw[part.header_offset + len(part.FileHeader()) + part.compress_size // 2] ^= 0xFF
    path.write_bytes(raw)


def rewritten(change: Callable[[str, bytes], bytes | None]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                if (changed := change(name, content)) is not None:
                    archive.writestr(name, changed)

    return damage


def without_notes(name: str, content: bytes) -> bytes | None:
    return None if name == "tables/note.jsonl" else content


def another_name_in_it(name: str, content: bytes) -> bytes:
    return content.replace("é1".encode(), "è1".encode()) if "personne" in name else content


def one_row_less(name: str, content: bytes) -> bytes:
    return content[: content.index(b"\n") + 1] if "structure" in name else content


def unreadable_manifest(name: str, content: bytes) -> bytes:
    return content.replace(b'"tables"', b'"toiles"') if name == MANIFEST else content


DAMAGES = {
    "cut in half": cut_in_half,
    "cut at the end": cut_at_the_end,
    "a byte flipped": flip_a_byte,
    "a part missing": rewritten(without_notes),
    "a name changed": rewritten(another_name_in_it),
    "a row less": rewritten(one_row_less),
    "manifest unreadable": rewritten(unreadable_manifest),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_cut_or_altered_file_is_refused_and_nothing_is_written(
    databases: Databases, backup: Path, database_kind: str, damage: Callable[[Path], None]
) -> None:
    damage(backup)

    with databases.fresh(database_kind, None) as url:
        with pytest.raises(DamagedBackup, match="incomplète ou altérée"):
            restore(backup, url)
        assert state(url) is State.EMPTY


def test_every_length_short_of_the_whole_is_refused(backup: Path) -> None:
    whole = backup.read_bytes()
    for length in range(2, len(whole), len(whole) // 97):
        backup.write_bytes(whole[:length])
        with pytest.raises(DamagedBackup), read(backup):
            pass


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    letter, other_zip = tmp_path / "lettre.pdf", tmp_path / "photos.zip"
    letter.write_bytes(b"%PDF-1.7")
    with zipfile.ZipFile(other_zip, "w") as archive:
        archive.writestr("photo.jpg", b"")

    for path in (letter, other_zip):
        with pytest.raises(NotABackup, match=path.name), read(path):
            pass


def test_a_backup_made_by_a_newer_program_is_refused(databases: Databases, backup: Path) -> None:
    def newer(name: str, content: bytes) -> bytes:
        old = f'"revision": "{revisions()[-1]}"'.encode()
        return content.replace(old, b'"revision": "9999"') if name == MANIFEST else content

    rewritten(newer)(backup)

    with databases.fresh("sqlite", None) as url:
        with pytest.raises(NewerBackup, match="9999"):
            restore(backup, url)
        assert state(url) is State.EMPTY


# --- Where it may not go ----------------------------------------------------------------------


def test_a_backup_never_goes_over_existing_data(filled: str, backup: Path) -> None:
    with migrating(filled) as connection:
        before = count_rows(connection)

    with pytest.raises(NotEmpty, match="DATABASE_URL"):
        restore(backup, filled)

    with migrating(filled) as connection:
        assert count_rows(connection) == before


def test_rows_that_the_other_database_refuses_leave_it_empty(
    databases: Databases, tmp_path: Path
) -> None:
    path = tmp_path / "sauvegarde.zip"
    with databases.fresh("sqlite", upgrade) as url:
        with migrating(url) as connection:
            fill(connection)
            connection.execute(text("UPDATE structure SET siret = '1234567890123456789'"))
        take(url, path, NOW)

    with databases.fresh("postgresql", None) as url:
        with pytest.raises(RowsRefused, match="table structure"):
            restore(path, url)
        assert state(url) is State.EMPTY


def test_a_backup_never_replaces_another_file(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "hier.zip"
    path.write_text("celle d’hier")

    with pytest.raises(BackupExists, match=r"hier\.zip existe déjà"):
        take(filled, path, NOW)

    assert path.read_text() == "celle d’hier"


def test_an_empty_database_has_nothing_to_save(empty_database_url: str, tmp_path: Path) -> None:
    with pytest.raises(NothingToSave):
        take(empty_database_url, tmp_path / "vide.zip", NOW)

    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_may_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


FILL_THE_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from api.backup.take import take

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
take(sys.argv[1], Path(sys.argv[2]), datetime.now(UTC))
"""


def test_a_backup_that_does_not_fit_leaves_no_file(filled: str, tmp_path: Path) -> None:
    logo = random.Random(2009).randbytes(100_000)
    with migrating(filled) as connection:
        connection.execute(text("UPDATE organisme SET logo = :logo"), {"logo": logo})

    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, filled, str(tmp_path / "trop.zip")],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )

    assert "OSError" in done.stderr
    assert list(tmp_path.iterdir()) == []
