"""From what has come in to what can be kept: examined, then put in its place on the disk.

All of it before the transaction that will speak of it, which may still fail: the caller then
gives the files back to `forget`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grants.dossiers.pieces.content import MEGABYTE, Limits, examine
from grants.dossiers.pieces.kinds import KINDS
from grants.dossiers.pieces.names import shown_name
from grants.dossiers.pieces.queries import stored_among, stored_as
from grants.dossiers.pieces.refusals import FileFault, TooHeavy
from grants.dossiers.pieces.service import Handed
from grants.dossiers.pieces.storage import FileGone, Storage
from workflow.database import Database

#: How many files one sending may hold.
MOST_FILES = 20


@dataclass(slots=True)
class Incoming:
    """One file as it came. Its name is what the sender says; `path` is empty once it is kept.

    `whole` is false where it was heavier than what is accepted: the rest was not written.
    """

    name: str
    path: Path
    size: int = 0
    sha256: str = ""
    whole: bool = True


@dataclass(slots=True)
class Deposit:
    """Files put on the disk, and those that were refused: the name shown, and why."""

    files: list[Handed] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)

    def forget(self, storage: Storage) -> None:
        """The transaction failed: what was put on the disk for it goes."""
        for name in self.fresh:
            storage.drop(name)


def count_fault(count: int) -> str:
    """What is wrong with how many files a sending holds."""
    if count > MOST_FILES:
        return f"{MOST_FILES} fichiers au plus à la fois : envoyez-les en plusieurs fois."
    return "" if count else "Choisissez d’abord un fichier."


def deposit(
    database: Database,
    storage: Storage,
    limits: Limits,
    organisme_id: int,
    incoming: Iterable[Incoming],
) -> Deposit:
    """Put what is acceptable on the disk, each content once for an organisme. Raises DiskFull."""
    done = Deposit()
    names: dict[str, str] = {}
    for each in incoming:
        try:
            handed = _examined(each, limits)
        except FileFault as fault:
            done.refused.append((_plain_name(each.name), str(fault)))
            continue
        stored = names.get(each.sha256) or _already(database, storage, organisme_id, each.sha256)
        if stored is None:
            stored = storage.keep(each.path)
            done.fresh.append(stored)
        names[each.sha256] = stored
        handed.stored = stored
        done.files.append(handed)
    return done


def sweep_files(database: Database, storage: Storage) -> int:
    """Every night: remove from the disk what no row came to know; how many files."""

    def known(names: Sequence[str]) -> set[str]:
        with database.reading() as session:
            return stored_among(session.connection(), names)

    return storage.sweep(known)


def _examined(each: Incoming, limits: Limits) -> Handed:
    if not each.whole:
        raise TooHeavy(most=limits.size // MEGABYTE)
    found = examine(each.path, limits)
    return Handed(each.name, found.kind, each.size, each.sha256, "", found.pages)


def _already(database: Database, storage: Storage, organisme_id: int, sha256: str) -> str | None:
    """Where the same content stands already, if it is still there."""
    with database.glance() as connection:
        stored = stored_as(connection, organisme_id, sha256)
    if stored is None:
        return None
    try:
        storage.path(stored)
    except FileGone:
        return None
    return stored


def _plain_name(raw: str) -> str:
    """The name of a file of no known kind, with the ending that its sender gave it."""
    last = raw.replace("\\", "/").rpartition("/")[2]
    ending = last.rpartition(".")[2] if "." in last else ""
    shown = shown_name(raw, "pdf").removesuffix(f".{KINDS['pdf'].extension}")
    plain = "".join(char for char in ending if char.isalnum())[:8]
    return f"{shown}.{plain}" if plain else shown
