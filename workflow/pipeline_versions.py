"""Which pipeline versions a database's subjects follow, against the files that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, text

from workflow.database import UtcDateTime, table_of
from workflow.errors import DomainError
from workflow.loader import Catalogue
from workflow.pipeline_table import PipelineVersion

_SEEN = table_of(PipelineVersion)
_NOTE = text(
    "INSERT INTO pipeline_version (key, version, digest, seen_at)"
    " VALUES (:key, :version, :digest, :seen_at)"
    " ON CONFLICT (key, version) DO UPDATE SET digest = excluded.digest, seen_at = excluded.seen_at"
).bindparams(bindparam("seen_at", type_=UtcDateTime()))

Version = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Used:
    """A pipeline version, and how many subjects follow it."""

    key: str
    version: int
    subjects: int

    def __str__(self) -> str:
        plural = "s" if self.subjects > 1 else ""
        return f"{self.key} version {self.version} ({self.subjects} dossier{plural})"


class OrphanedSubjects(DomainError):
    """Des dossiers suivent un dispositif qu'aucun fichier ne décrit plus : {versions}.
    Remettez ces fichiers en place."""

    code = "dispositif_absent"


class ChangedPipelines(DomainError):
    """Un fichier a changé sous un numéro de version déjà suivi : {versions}.
    Remettez l'ancien fichier, et décrivez le changement sous une nouvelle version."""

    code = "dispositif_change"


def in_use(connection: Connection, tables: Iterable[Table]) -> dict[Version, Used]:
    """The versions that subjects follow. `tables` are those whose rows move along a pipeline."""
    counts: dict[Version, int] = {}
    for table in tables:
        version = (table.c.pipeline, table.c.pipeline_version)
        for row in connection.execute(select(*version, func.count()).group_by(*version)):
            identity = (row[0], row[1])
            counts[identity] = counts.get(identity, 0) + row[2]
    return {each: Used(*each, count) for each, count in sorted(counts.items())}


def orphaned(used: dict[Version, Used], catalogue: Catalogue) -> tuple[Used, ...]:
    """The versions followed by a subject that no file describes."""
    return tuple(each for version, each in used.items() if catalogue.get(*version) is None)


def changed(
    connection: Connection, used: dict[Version, Used], catalogue: Catalogue
) -> tuple[Used, ...]:
    """The versions followed by a subject whose file is no longer what it was."""
    seen = {(row.key, row.version): row.digest for row in connection.execute(select(_SEEN))}
    return tuple(
        each
        for version, each in used.items()
        if (loaded := catalogue.get(*version)) and seen.get(version, loaded.digest) != loaded.digest
    )


def remember(connection: Connection, catalogue: Catalogue, at: datetime) -> None:
    """Note the digest of every loaded version; one whose file is gone keeps its line.

    Servers that start together on one database note the same ones: none stumbles on another.
    """
    seen = {(row.key, row.version): row.digest for row in connection.execute(select(_SEEN))}
    for row in _rows(catalogue, at):
        if seen.get((row["key"], row["version"])) != row["digest"]:
            connection.execute(_NOTE, row)


def _rows(catalogue: Catalogue, at: datetime) -> Iterator[dict[str, Any]]:
    for each in catalogue.every():
        yield {
            "key": each.pipeline.key,
            "version": each.pipeline.version,
            "digest": each.digest,
            "seen_at": at,
        }
