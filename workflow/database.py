"""The database: one engine, one writer at a time on SQLite, one transaction per unit of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from workflow.database_faults import commit_in_doubt, faults_told
from workflow.database_file import DatabaseFile
from workflow.sqlite_writer import SqliteWriter
from workflow.statements import as_sqlalchemy_error

BUSY_TIMEOUT_MS = 30_000
CACHE_KIB = 8_000
# SQLite 3.7.0 to 3.51.2 can corrupt a database when its WAL is reset by two processes at once.
SQLITE_SAFE = (3, 51, 3)
# A connection that served less than this ago is taken to stand.
TRUSTED_FOR_S = 1.0
LARGEST_ID = 2**63 - 1

# Named constraints, so that a migration can find each one again on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# Rows are written by SQLAlchemy: what Pydantic would check them with is built if ever asked for.
SQLModel.model_config["defer_build"] = True

#: Identifiers: 64 bits on PostgreSQL; INTEGER on SQLite, where it is as wide.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Cents(TypeDecorator[int]):
    """An amount: an integer of cents, and nothing else. SQLite would keep 0.5 as it came."""

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """The same amount. Raises ValueError for what is not a whole number of cents."""
        if value is None:
            return None
        if type(value) is not int or abs(value) > LARGEST_ID:
            raise ValueError(f"{value!r} is not an amount in cents")
        return value


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware and in UTC in Python, without time zone in SQLite's text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. Raises ValueError for a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def bind_processor(self, dialect: Dialect) -> Any:
        """SQLite keeps text: written in one step, SQLAlchemy's three took half of a statement."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """The same the other way."""
        return (
            _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """From UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant without time zone")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds").removesuffix("+00:00")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements written in Core."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def column_names(table: Table, *, without: str = "") -> list[str]:
    """The names of a table's columns, in order."""
    return [column.name for column in table.columns if column.name != without]


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the bundled wheel where there is one, else Python's own."""
    try:
        import pysqlite3.dbapi2 as bundled
    except ImportError:
        return sqlite3
    return bundled


def sqlite_warning() -> str | None:
    """What to tell where only a SQLite in the range of the WAL-reset fault was found."""
    version = sqlite_module().sqlite_version_info
    if version >= SQLITE_SAFE:
        return None
    found = ".".join(str(part) for part in version)
    return (
        f"SQLite {found} peut abîmer une base ouverte par deux programmes à la fois : "
        "n'en lancez qu'un, ou utilisez PostgreSQL (DATABASE_URL)."
    )


class OpenSession(Session):
    """A session over one transaction that is open already.

    What only needs the connection, as a move does, is spared the ORM's own bookkeeping.
    """

    def __init__(self, opened: Connection) -> None:
        super().__init__(opened, autoflush=False, expire_on_commit=False)
        self._opened = opened

    def connection(self, *_arguments: Any, **_options: Any) -> Connection:
        """The connection of the transaction."""
        return self._opened

    def close(self) -> None:
        """Forget what the ORM holds, if it was used."""
        if self.in_transaction():
            super().close()

    def finish(self) -> None:
        """Write what the ORM still holds, if it was used, and commit."""
        if self.in_transaction():
            self.commit()
        self._opened.commit()


class Database:
    """One database: the engine, and the two ways to open a transaction on it."""

    def __init__(self, url: str | URL, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _create(self.url, pool_size)
        self._reader = self.engine.execution_options(readonly=True, postgresql_readonly=True)
        self._glancer = (
            self._reader
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._file = _file_of(self.url)
        self._writer = (
            SqliteWriter(self.engine, BUSY_TIMEOUT_MS / 1000, self._look)
            if self.is_sqlite
            else None
        )

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A writing transaction: committed once at the end, rolled back by any error."""
        with (
            faults_told(),
            self._writer.turn() if self._writer else self.engine.connect() as connection,
        ):
            connection.begin()
            with OpenSession(connection) as session:
                yield session
                with commit_in_doubt():
                    session.finish()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction: never waits for a writer on SQLite, changes nothing.

        On PostgreSQL, where the server refuses any change in it, it ends by a COMMIT: at each
        ROLLBACK, psycopg forgets the statements that it had prepared.
        """
        with faults_told():
            self._look()
            with self._reader.connect() as connection:
                connection.begin()
                with OpenSession(connection) as session:
                    yield session
                if not self.is_sqlite:
                    connection.commit()

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """For one statement that reads: PostgreSQL answers it without opening a transaction.

        Opening and closing one are two more round trips: a quarter of the time of a form sent.
        """
        with faults_told():
            self._look()
            with self._glancer.connect() as connection:
                connection.begin()
                yield connection

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        """Whether this work may be done now; on SQLite, not while somebody else is at it.

        Long writes at once would only wait for each other there, and take longer than one after
        the other. PostgreSQL lets them share.
        """
        if self._file is None:
            yield True
        else:
            with self._file.alone(work) as free:
                yield free

    def _look(self) -> None:
        if self._file is not None:
            self._file.look(self)

    def dispose(self) -> None:
        """Close every connection that is not at work."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()


def _file_of(url: URL) -> DatabaseFile | None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return DatabaseFile(Path(url.database))


def _create(url: URL, pool_size: int) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _create_sqlite(url, pool_size)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,
        hide_parameters=True,  # what people typed is not for the log
        connect_args={"options": "-c timezone=utc -c lock_timeout=30s"},
    )
    _ping_after_a_rest(engine)
    return engine


def _ping_after_a_rest(engine: Engine) -> None:
    """Ask a connection whether it still stands, unless it answered an instant ago.

    `pool_pre_ping` asks each time, which cost a tenth of a move.
    """

    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["resting_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.get("resting_since")
        if since is None or monotonic() - since < TRUSTED_FOR_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as fault:
            raise InvalidatePoolError from fault


def _create_sqlite(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        module=sqlite_module(),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,
        hide_parameters=True,  # what people typed is not for the log
        connect_args={"isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
            # Without it, INSERT OR REPLACE would remove a journal entry behind its triggers.
            "recursive_triggers=ON",
            # Two megabytes, SQLite's own choice, held less than one page's rows at a million
            # dossiers: the same ones were read from the file again and again.
            f"cache_size=-{CACHE_KIB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("readonly", False)
        sql = "BEGIN" if reading else "BEGIN IMMEDIATE"
        try:
            connection.connection.cursor().execute(sql)
        except connection.dialect.loaded_dbapi.Error as fault:
            raise as_sqlalchemy_error(connection, fault, sql, ()) from fault

    return engine
