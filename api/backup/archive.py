"""The file of a backup: a zip with one JSON line per row, the files handed in as they are, and a
manifest that vouches for all of it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from workflow.errors import DomainError

MANIFEST = "manifeste.json"
FILES = "fichiers/"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    UnicodeDecodeError,
    NotImplementedError,  # zipfile's, for a file packed in a way that it does not know
)
_BLOCK = 1 << 20


class DamagedBackup(DomainError):
    """La sauvegarde {file} est incomplète ou altérée ({part}). Rien n'a été restauré."""

    code = "sauvegarde_alteree"


class NotABackup(DomainError):
    """{file} n'est pas une sauvegarde du programme. Rien n'a été restauré."""

    code = "sauvegarde_inconnue"


class BackupExists(DomainError):
    """{file} existe déjà : choisissez un autre nom."""

    code = "sauvegarde_existe"


class NoSuchFolder(DomainError):
    """Le dossier {folder} n'existe pas : créez-le, ou choisissez-en un autre."""

    code = "dossier_absent"


class Part(BaseModel):
    """One file inside the zip: how many lines it has, and its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    lines: int
    sha256: str


class SavedTable(Part):
    """One table; each of its lines is an array of values in the order of `columns`."""

    name: str
    columns: tuple[tuple[str, str], ...]


class Manifest(BaseModel):
    """What a backup holds: `tables` in the order in which they can be filled again.

    `files` lists the files handed in (name, size, SHA-256); `lost` counts those that a row speaks
    of and that were not on the disk. Backups of before have neither.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    program: str
    revision: str
    database: str
    taken_at: datetime
    tables: tuple[SavedTable, ...]
    anchors: Part
    files: Part | None = None
    lost: int = 0


class Writer:
    """An archive being written, part after part."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def part(self, file: str, lines: Iterable[Any]) -> Part:
        """Write one part, one JSON text per line, as the lines come."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(file, "w", force_zip64=True) as into:
            for line in lines:
                raw = _line(line)
                digest.update(raw)
                into.write(raw)
                count += 1
        return Part(file=file, lines=count, sha256=digest.hexdigest())

    def file(self, name: str, source: Path) -> list[Any]:
        """Copy one file handed in; its line in the list of files. It is compressed already."""
        digest, size = hashlib.sha256(), 0
        heading = zipfile.ZipInfo(f"{FILES}{name}")
        heading.compress_type = zipfile.ZIP_STORED
        with source.open("rb") as found, self._archive.open(heading, "w", force_zip64=True) as into:
            while block := found.read(_BLOCK):
                digest.update(block)
                into.write(block)
                size += len(block)
        return [name, size, digest.hexdigest()]

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, last: what has none was not finished."""
        self._archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))


@contextmanager
def written(path: Path) -> Generator[Writer]:
    """An archive that takes its name once it is whole and on the disk; only its owner reads it."""
    if not path.parent.is_dir():
        raise NoSuchFolder(folder=path.parent)
    if path.exists():
        raise BackupExists(file=path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.partiel")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    _sync_folder(path.parent)


class Archive:
    """A backup whose every part was read and found to be what its manifest says."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        self.manifest = self._manifest()
        files = (self.manifest.files,) if self.manifest.files else ()
        parts = (*self.manifest.tables, self.manifest.anchors, *files)
        found = archive.namelist()
        if sorted([MANIFEST, *(part.file for part in parts)]) != sorted(
            name for name in found if not name.startswith(FILES)
        ):
            raise DamagedBackup(file=path, part="liste des parties")
        for part in parts:
            self._check(part)
        self._check_files({name for name in found if name.startswith(FILES)})

    def lines(self, part: Part) -> Iterator[Any]:
        """The lines of one part, read back."""
        with self._opened(part.file) as file:
            for line in file:
                yield json.loads(line)

    def files(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Each file handed in: its name on the disk, and its content."""
        for name, _size, _digest in self._listed():
            with self._opened(f"{FILES}{name}") as file:
                yield name, file

    def _listed(self) -> Iterator[Any]:
        return self.lines(self.manifest.files) if self.manifest.files else iter(())

    def _check_files(self, found: set[str]) -> None:
        for name, size, expected in self._listed():
            if f"{FILES}{name}" not in found:
                raise DamagedBackup(file=self._path, part=f"{FILES}{name}")
            found.remove(f"{FILES}{name}")
            digest, read = hashlib.sha256(), 0
            with self._opened(f"{FILES}{name}") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    read += len(block)
            if (read, digest.hexdigest()) != (size, expected):
                raise DamagedBackup(file=self._path, part=f"{FILES}{name}")
        if found:
            raise DamagedBackup(file=self._path, part="liste des fichiers")

    def _manifest(self) -> Manifest:
        if MANIFEST not in self._archive.namelist():
            raise NotABackup(file=self._path)
        try:
            with self._opened(MANIFEST) as file:
                return Manifest.model_validate_json(file.read())
        except ValidationError as error:
            raise DamagedBackup(file=self._path, part=MANIFEST) from error

    def _check(self, part: Part) -> None:
        digest, lines = hashlib.sha256(), 0
        with self._opened(part.file) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                lines += block.count(b"\n")
        if (digest.hexdigest(), lines) != (part.sha256, part.lines):
            raise DamagedBackup(file=self._path, part=part.file)

    @contextmanager
    def _opened(self, name: str) -> Generator[IO[bytes]]:
        with _told(self._path, name), self._archive.open(name) as file:
            yield file


@contextmanager
def read(path: Path) -> Generator[Archive]:
    """Open a backup, having verified the whole of it. Raises DamagedBackup, NotABackup."""
    with path.open("rb") as file:
        starts_like_one = file.read(2) == b"PK"
        try:
            with _told(path, "fin du fichier"):
                archive = zipfile.ZipFile(file)
        except DamagedBackup as fault:
            if starts_like_one:
                raise
            raise NotABackup(file=path) from fault
        with archive:
            yield Archive(path, archive)


@contextmanager
def _told(path: Path, part: str) -> Generator[None]:
    """Whatever a damaged zip makes of its reading. Raises DamagedBackup."""
    try:
        yield
    except _BROKEN as error:
        raise DamagedBackup(file=path, part=part) from error
    except OSError as error:
        # A place told by the file itself stands before its beginning.
        if error.errno != errno.EINVAL:
            raise
        raise DamagedBackup(file=path, part=part) from error


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _sync_folder(folder: Path) -> None:
    """Put the new name itself on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
