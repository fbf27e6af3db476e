"""A SQLite file that goes away under a running program is noticed before the next transaction.

Left alone, SQLite goes on writing to a file that no longer has a name: every answer would say
« enregistré », and nothing would be.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from workflow.errors import DatabaseGone


class Openings(Protocol):
    """What holds connections open on the file."""

    def dispose(self) -> None:
        """Close them."""
        ...


class DatabaseFile:
    """The file of a database, and which one it was when last looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._met: tuple[int, int] | None = None

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        """Whether nobody else does this work on the file, in any process; nobody is waited for.

        A process that dies gives it back at once: the system does.
        """
        with self._path.with_name(f"{self._path.name}-{work}").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                free = False
            else:
                free = True
            yield free

    def look(self, openings: Openings) -> None:
        """Look at the directory entry, which takes a microsecond. Raises DatabaseGone.

        Nothing is opened where the file is missing: SQLite would make an empty one. Nor where
        an empty one took its place: SQLite would throw away the log of the last transactions,
        which still goes with the old one. Where another file stands now (a backup put back),
        what is open on the old one is closed.
        """
        try:
            found = self._path.stat()
        except OSError as error:
            if self._met is None:
                return  # not made yet
            openings.dispose()
            raise DatabaseGone from error
        identity = (found.st_dev, found.st_ino)
        if self._met not in (None, identity):
            openings.dispose()
            if not found.st_size:
                raise DatabaseGone
        self._met = identity
