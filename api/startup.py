"""What happens between « run » and the first page: the database made ready, the files checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from api.composition import SUBJECTS
from api.migrate import State, head, opened, require_current, require_known, state_of, upgrade
from api.settings import Settings
from api.version import STABLE
from grants.demonstration.comptes import DemoAccount, demonstration_accounts
from workflow.database import Database
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.loader import Catalogue
from workflow.pipeline_versions import (
    ChangedPipelines,
    OrphanedSubjects,
    Used,
    changed,
    in_use,
    orphaned,
    remember,
)

SAVED = "sauvegardes"


@dataclass(frozen=True, slots=True)
class Readied:
    """How a database was found, and the copy that was taken before it changed."""

    found: State
    saved: Path | None = None


def ready_database(settings: Settings, now: datetime) -> Readied:
    """Bring the database to today's schema; what it held is saved first.

    Raises NewerDatabase, ForeignDatabase, and whatever keeps the copy from being taken.
    """
    with opened(settings.database) as database, database.reading() as session:
        connection = session.connection()
        require_known(connection)
        found = state_of(connection)
    saved = None
    if found is State.OLDER:
        from api.backup.take import take
        from grants.dossiers.pieces.storage import Storage

        saved = new_backup_path(settings, now, f"avant-{head()}")
        take(settings.database, saved, now, Storage(settings.files_folder))
    if found is not State.CURRENT:
        upgrade(settings.database)
    return Readied(found, saved)


def new_backup_path(settings: Settings, now: datetime, name: str) -> Path:
    """Where a backup goes when nobody says where; its folder is made."""
    folder = settings.data_folder / SAVED
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}-{to_paris(now):%Y-%m-%d-%H%M%S}.zip"


@contextmanager
def current_database(settings: Settings) -> Iterator[Database]:
    """The database for one command, which must be at today's schema. Raises OlderDatabase…"""
    with opened(settings.database) as database:
        with database.reading() as session:
            require_current(session.connection())
        yield database


@dataclass(frozen=True, slots=True)
class Examination:
    """Pipeline versions that dossiers follow: those without a file, those whose file changed."""

    orphaned: tuple[Used, ...]
    changed: tuple[Used, ...]


def examine_pipelines(connection: Connection, catalogue: Catalogue) -> Examination:
    """Compare the pipelines that dossiers follow with the files at hand."""
    used = in_use(connection, SUBJECTS)
    return Examination(orphaned(used, catalogue), changed(connection, used, catalogue))


def ready_pipelines(database: Database, catalogue: Catalogue, now: datetime) -> tuple[Used, ...]:
    """Refuse to orphan a dossier; tell which files changed, once, and remember the new ones.

    Raises OrphanedSubjects, and ChangedPipelines from version 1.0 on.
    """
    with database.unit_of_work() as session:
        connection = session.connection()
        found = examine_pipelines(connection, catalogue)
        if found.orphaned:
            raise OrphanedSubjects(versions=listed(found.orphaned))
        if found.changed and STABLE:
            raise ChangedPipelines(versions=listed(found.changed))
        remember(connection, catalogue, now)
    return found.changed


def listed(versions: tuple[Used, ...]) -> str:
    """Versions in one sentence."""
    return ", ".join(str(each) for each in versions)


def demonstrate(
    settings: Settings, database: Database, engine: Engine, now: datetime, *, wanted: bool | None
) -> None:
    """Load the demonstration into a database that was just made, unless told not to.

    Its password is known to everybody: on an address that others can reach, it must be asked for.
    """
    if wanted is None:
        wanted = settings.demonstration and settings.is_local
    if wanted:
        from grants.demonstration.replay import load_demonstration
        from grants.dossiers.pieces.storage import Storage

        load_demonstration(database, engine, now, Storage(settings.files_folder))


def shown_accounts(database: Database) -> list[DemoAccount]:
    """The accounts of the demonstration, as long as it is there."""
    with database.reading() as session:
        return demonstration_accounts(session.connection())
