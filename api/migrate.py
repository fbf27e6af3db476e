"""The state of a database's schema, and how it is brought to the one that the code expects.

Migrations are numbered (`versions/0001_….py`), so that telling a database's state needs no
alembic: a start without anything to migrate never loads it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import URL

from workflow.database import Database
from workflow.errors import DomainError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
# Two programs that start together on one PostgreSQL migrate it one after the other.
_MIGRATING = 1_898_072_009


class State(Enum):
    """How a database's schema stands towards the code."""

    EMPTY = "vide"
    CURRENT = "à jour"
    OLDER = "à migrer"
    NEWER = "plus récente"
    FOREIGN = "étrangère"


class NewerDatabase(DomainError):
    """La base ({found}) est plus récente que le programme ({known}) : mettez le programme à jour,
    ou revenez à une sauvegarde faite avec celui-ci."""

    code = "base_plus_recente"


class OlderDatabase(DomainError):
    """La base ({found}) est plus ancienne que le programme ({known}).
    Pour la mettre à jour : python3 manage.py migrations upgrade"""

    code = "base_plus_ancienne"


class ForeignDatabase(DomainError):
    """Cette base contient des tables qui ne sont pas celles du programme.
    Donnez-lui une base à elle (DATABASE_URL)."""

    code = "base_etrangere"


class SearchMissing(DomainError):
    """La bibliothèque SQLite de ce Python n'a pas FTS5, dont la recherche a besoin.
    Installez une bibliothèque complète, ou utilisez PostgreSQL (DATABASE_URL)."""

    code = "recherche_absente"


class BrokenReferences(DomainError):
    """La migration laisserait des lignes sans celle qu'elles désignent ({tables}).
    Rien n'a été changé."""

    code = "references_rompues"


def revisions() -> tuple[str, ...]:
    """Every revision the code knows, oldest first."""
    return tuple(sorted(path.name.split("_")[0] for path in _files()))


def head() -> str:
    """The revision that the code expects."""
    return revisions()[-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None when it has no table of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def state_of(connection: Connection) -> State:
    """How this database stands towards the code."""
    found = revision_of(connection)
    if found is None:
        return State.FOREIGN if inspect(connection).get_table_names() else State.EMPTY
    if found == head():
        return State.CURRENT
    if found in revisions():
        return State.OLDER
    return State.NEWER if found > head() else State.FOREIGN


def state(url: str | URL) -> State:
    """How the database at this address stands. Raises DatabaseGone, DatabaseBusy."""
    with opened(url) as database, database.reading() as session:
        return state_of(session.connection())


def require_current(connection: Connection) -> None:
    """Raises the error that says what to do, unless the schema is the one the code expects."""
    found = state_of(connection)
    if found is State.OLDER or found is State.EMPTY:
        raise OlderDatabase(found=revision_of(connection) or "vide", known=head())
    require_known(connection)


def require_known(connection: Connection) -> None:
    """Raises NewerDatabase or ForeignDatabase for a database that must be left alone."""
    found = state_of(connection)
    if found is State.NEWER:
        raise NewerDatabase(found=revision_of(connection), known=head())
    if found is State.FOREIGN:
        raise ForeignDatabase


def upgrade(url: str | URL, to: str = "head") -> None:
    """Bring a database to a revision, in one transaction: wholly, or not at all."""
    with migrating(url) as connection:
        apply(connection, to)


@contextmanager
def migrating(url: str | URL) -> Generator[Connection]:
    """A transaction in which the schema may change; it must leave no broken reference.

    SQLite changes a table by copying it into another. With foreign keys on, dropping the first
    would delete the rows that refer to it: they are off here, and checked before the commit.
    """
    with opened(url) as database:
        if database.is_sqlite:
            event.listen(database.engine, "connect", _without_foreign_keys)
        with database.unit_of_work() as session:
            connection = session.connection()
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            yield connection
            if database.is_sqlite:
                _check_references(connection)


def apply(connection: Connection, to: str = "head") -> None:
    """Run the migrations that this database has not had, on a connection of `migrating`."""
    require_known(connection)
    if state_of(connection) is State.CURRENT:
        return
    from alembic import command

    command.upgrade(_config(connection), to)


def write_migration(connection: Connection, message: str) -> Path:
    """Write the next numbered migration, from what the models say and the database lacks."""
    from alembic import command

    number = f"{len(revisions()) + 1:04d}"
    config = _config(connection)
    script: Any = command.revision(config, message, autogenerate=True, rev_id=number)
    return Path(script.path)


@contextmanager
def opened(url: str | URL) -> Generator[Database]:
    """A database for the time of one command: nothing stays open."""
    database = Database(url, pool_size=1)
    try:
        yield database
    finally:
        database.dispose()


def _files() -> Iterator[Path]:
    return (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _without_foreign_keys(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _check_references(connection: Connection) -> None:
    broken = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if broken:
        raise BrokenReferences(tables=", ".join(sorted(broken)))
