"""The files on the disk: a name of ours, whole and durable before any row speaks of them.

`arrivees/` holds what is still coming in. A file that no row knows, because its transaction
failed, does no harm: it is swept the day after.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from workflow.errors import DomainError

ARRIVALS = "arrivees"
ORPHAN_AFTER_S = 24 * 3600
_NAME = re.compile("[0-9a-f]{32}")
_AT_ONCE = 500


class DiskFull(DomainError):
    """Le disque est plein ou refuse d’écrire. Rien n’a été gardé : prévenez la personne qui gère
    le serveur."""

    code = "disque_plein"


class FileGone(DomainError):
    """Ce fichier n’est plus sur le disque du serveur : prévenez la personne qui le gère."""

    code = "fichier_perdu"


@contextmanager
def disk_told() -> Iterator[None]:
    """What the disk refuses, told as an error of the domain. Raises DiskFull."""
    try:
        yield
    except OSError as error:
        raise DiskFull from error


@dataclass(frozen=True, slots=True)
class Storage:
    """The folder of an installation's files."""

    folder: Path

    @contextmanager
    def arrival(self) -> Iterator[tuple[Path, IO[bytes]]]:
        """A new file to write what comes in; it is gone afterwards, unless `keep` took it."""
        arrivals = self.folder / ARRIVALS
        with disk_told():
            arrivals.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = arrivals / secrets.token_hex(16)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "r+b") as file:
                yield path, file
        finally:
            path.unlink(missing_ok=True)

    def keep(self, arrived: Path) -> str:
        """Give what came in its place for good, durably; its name. Raises DiskFull."""
        name = secrets.token_hex(16)
        with disk_told():
            self._place(arrived, name)
        return name

    def put(self, name: str, content: IO[bytes]) -> None:
        """Write a file again under the name it had. Raises DiskFull, ValueError."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a stored file")
        with self.arrival() as (path, file), disk_told():
            shutil.copyfileobj(content, file, 1 << 20)
            file.flush()
            self._place(path, name)

    def path(self, name: str) -> Path:
        """Where a file stands. Raises FileGone."""
        path = self._path(name)
        if not path.is_file():
            raise FileGone
        return path

    def names(self) -> Iterator[str]:
        """The name of every file kept."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if _NAME.fullmatch(path.name):
                yield path.name

    def drop(self, name: str) -> None:
        """Forget a file that no row came to know."""
        self._path(name).unlink(missing_ok=True)

    def sweep(self, known: Callable[[Sequence[str]], set[str]]) -> int:
        """Remove what no row knows a day later, and what never finished to arrive; how many."""
        limit = time.time() - ORPHAN_AFTER_S
        swept = 0
        names = self.names()
        while batch := list(islice(names, _AT_ONCE)):
            old = [name for name in batch if _older(self._path(name), limit)]
            orphans = set(old) - known(old)
            for name in orphans:
                self.drop(name)
            swept += len(orphans)
        for path in (self.folder / ARRIVALS).glob("*"):
            if _older(path, limit):
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def _place(self, arrived: Path, name: str) -> None:
        into = self._path(name)
        if not into.parent.is_dir():
            into.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync(self.folder)
        _sync(arrived)
        arrived.rename(into)
        _sync(into.parent)


def _sync(path: Path) -> None:
    """Put a file's content, or a folder's names, on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _older(path: Path, limit: float) -> bool:
    try:
        return path.stat().st_mtime < limit
    except FileNotFoundError:
        return False
