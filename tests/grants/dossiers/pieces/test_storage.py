"""A file is on the disk, whole, before anything speaks of it; or it is not there at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from stat import S_ISDIR

import pytest

from grants.dossiers.pieces.content import Limits
from grants.dossiers.pieces.deposit import Incoming, deposit, sweep_files
from grants.dossiers.pieces.storage import DiskFull, FileGone, Storage
from tests.builders.documents import SVG, pdf
from tests.builders.dossiers import Counter

ROOT = Path(__file__).resolve().parents[4]
LIMITS = Limits()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "fichiers")


def arrived(storage: Storage, content: bytes) -> Path:
    path = storage.folder / "arrivees" / "un"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def on_disk(storage: Storage) -> list[Path]:
    return [path for path in storage.folder.rglob("*") if path.is_file()]


def test_a_file_takes_a_name_that_owes_nothing_to_its_sender(storage: Storage) -> None:
    names = {storage.keep(arrived(storage, b"contenu")) for _ in range(3)}
    assert len(names) == 3
    assert set(storage.names()) == names
    for name in names:
        path = storage.path(name)
        assert path.parent.parent == storage.folder
        assert path.read_bytes() == b"contenu"


def test_what_is_not_kept_is_gone(storage: Storage) -> None:
    with storage.arrival() as (path, file):
        file.write(b"moitie")
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()
    assert on_disk(storage) == []


def test_the_content_then_the_name_are_made_durable(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def syncing(handle: int) -> None:
        what = "dossier" if S_ISDIR(os.fstat(handle).st_mode) else "fichier"
        done.append(f"fsync {what}")
        sync(handle)

    def renaming(path: Path, into: Path) -> Path:
        done.append("rename")
        return rename(path, into)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "rename", renaming)
    storage.keep(arrived(storage, b"contenu"))
    assert done[-3:] == ["fsync fichier", "rename", "fsync dossier"]


@pytest.mark.parametrize("step", ["fsync", "rename", "mkdir"])
def test_a_disk_that_refuses_is_told_and_leaves_nothing_half_kept(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = arrived(storage, b"contenu")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, step)), refuse)
    with pytest.raises(DiskFull, match="Rien n’a été gardé"):
        storage.keep(path)
    assert list(storage.names()) == []


def test_a_name_that_is_not_ours_is_never_a_path(storage: Storage) -> None:
    for name in ("../../etc/passwd", "a" * 31, "A" * 32, ""):
        with pytest.raises(ValueError, match="no name"):
            storage.put(name, BytesIO(b"x"))


def test_a_file_that_is_gone_is_told(storage: Storage) -> None:
    with pytest.raises(FileGone, match="n’est plus sur le disque"):
        storage.path("0" * 32)


def test_what_no_row_came_to_know_is_swept_the_day_after(
    counter: Counter, storage: Storage
) -> None:
    counter.take_to("accompagnement")
    orphan, recent = (storage.keep(arrived(storage, content)) for content in (b"a", b"b"))
    unfinished = arrived(storage, b"c")
    yesterday = time.time() - 25 * 3600
    for path in (storage.path(orphan), unfinished):
        os.utime(path, (yesterday, yesterday))
    assert sweep_files(counter.database, storage) == 2
    assert list(storage.names()) == [recent]
    assert not unfinished.exists()


def test_a_deposit_keeps_what_is_good_and_says_why_the_rest_is_not(
    counter: Counter, storage: Storage, tmp_path: Path
) -> None:
    sent = []
    for name, content in (("a.pdf", pdf(1)), ("b.pdf", SVG), ("copie.pdf", pdf(1))):
        path = tmp_path / name
        path.write_bytes(content)
        sent.append(Incoming(name, path, len(content), f"{len(content):064}"))
    done = deposit(counter.database, storage, LIMITS, counter.office.id, sent)
    assert [each.name for each in done.files] == ["a.pdf", "copie.pdf"]
    assert len({each.stored for each in done.files}) == len(done.fresh) == 1
    assert [name for name, _why in done.refused] == ["b.pdf"]
    done.forget(storage)
    assert list(storage.names()) == []


KILLED = """
import sys
from pathlib import Path
from grants.dossiers.pieces.storage import Storage
storage = Storage(Path(sys.argv[1]))
with storage.arrival() as (path, file):
    file.write(b"x" * 100_000)
    file.flush()
    print("half", flush=True)
    sys.stdin.read()
"""


def test_a_process_killed_while_a_file_comes_in_leaves_no_file_kept(storage: Storage) -> None:
    writing = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(storage.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert writing.stdout is not None
    assert writing.stdin is not None
    assert writing.stdout.readline() == b"half\n"
    writing.send_signal(signal.SIGKILL)
    writing.wait(timeout=10)
    writing.stdout.close()
    writing.stdin.close()
    assert list(storage.names()) == []
    assert len(on_disk(storage)) == 1
