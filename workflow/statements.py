"""Statements written in SQLAlchemy Core, compiled once per database, run on the driver's cursor.

A move makes the same few reads and writes each time. Compiling them, walking their types and
wrapping their results at each call cost more than the database itself (see `docs/benchmarks.md`).
Transactions and errors stay SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Executable, Insert
from sqlalchemy.exc import DBAPIError

from workflow.errors import DatabaseBusy
from workflow.many import SetBased

Convert = Callable[[Any], Any]
_WAITING = "rows to count"


class Statement:
    """One fixed statement. Values are given by the names of its bound parameters.

    `planned_anew`: how rare its values are decides how it is answered, so that PostgreSQL must
    see them each time instead of keeping one plan for all.
    """

    def __init__(self, source: Executable, *, planned_anew: bool = False) -> None:
        self._source = source
        self._planned_anew = planned_anew
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute once; the number of rows touched."""
        compiled = self._for(connection.dialect)
        return execute(connection, compiled.sql, compiled.bind(values)).rowcount

    def run_on_one(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Execute on exactly one row. Raises DatabaseBusy, inside `together` at its end."""
        compiled = self._for(connection.dialect)
        _check(connection, execute(connection, compiled.sql, compiled.bind(values)), 1)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write all these rows at once; an UPDATE is given each row once."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            self._run_many(connection, rows)

    def run_on_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same, each on exactly one row. Raises DatabaseBusy, inside `together` at its end."""
        if rows:
            _check(connection, self._run_many(connection, rows), len(rows))

    def _run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Any:
        compiled = self._for(connection.dialect)
        bound = [compiled.bind(row) for row in rows]
        if compiled.set_based is None:
            return execute(connection, compiled.sql, bound, many=True)
        sql, values = compiled.set_based.given(bound)
        return execute(connection, sql, values)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every row of a SELECT, as a dictionary by column label."""
        compiled = self._for(connection.dialect)
        return [compiled.read(row) for row in self._sent(connection, values).fetchall()]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first row of a SELECT that finds few, if any."""
        found = self._sent(connection, values).fetchall()
        return self._for(connection.dialect).read(found[0]) if found else None

    def send(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute a SELECT; the cursor that holds its rows."""
        compiled = self._for(connection.dialect)
        anew = self._planned_anew and connection.dialect.driver == "psycopg"
        return execute(connection, compiled.sql, compiled.bind(values), anew=anew)

    def _sent(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        known = _AHEAD.get(connection)
        cursor = known.pop(_name(self, values), None) if known else None
        return self.send(connection, values) if cursor is None else cursor

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._source, dialect)
        return compiled


def together(connection: Connection) -> AbstractContextManager[None]:
    """Send the writes of the block at once where the driver can, and wait for them at its end.

    A fault then appears at the end, and `run` does not know how many rows it touched.
    """
    return _pipelined(connection) if connection.dialect.driver == "psycopg" else _ONE_BY_ONE


_ONE_BY_ONE = nullcontext()


@contextmanager
def _pipelined(connection: Connection) -> Iterator[None]:
    if not connection.in_transaction():
        connection.begin()
    info = connection.info  # kept: a connection that is lost meanwhile gives it no more
    waiting = info[_WAITING] = []
    try:
        driver: Any = connection.connection.driver_connection
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as fault:
        raise as_sqlalchemy_error(connection, fault, "statements sent together", ()) from fault
    finally:
        info.pop(_WAITING, None)
    for cursor, expected in waiting:
        if cursor.rowcount != expected:
            raise DatabaseBusy


#: A SELECT and its values.
Read = tuple[Statement, Mapping[str, Any]]
# What was sent ahead on a connection, for as long as its transaction.
_AHEAD: WeakKeyDictionary[Connection, dict[Hashable, Any]] = WeakKeyDictionary()


def ahead(connection: Connection, *reads: Read) -> None:
    """Send what a page is about to read in one round trip, where the driver can.

    Each is then found where it is asked for. SQLite, that answers in the process, is asked then.
    """
    if connection.dialect.driver == "psycopg":
        with _pipelined(connection):
            sent = {_name(*read): read[0].send(connection, read[1]) for read in reads}
        _AHEAD[connection] = sent


def _name(statement: Statement, values: Mapping[str, Any]) -> Hashable:
    return statement, tuple(values.items())


def _check(connection: Connection, cursor: Any, expected: int) -> None:
    """Whether as many rows as expected were touched. Raises DatabaseBusy."""
    if cursor.rowcount == expected:
        return
    waiting = connection.info.get(_WAITING)
    if waiting is None:
        raise DatabaseBusy
    waiting.append((cursor, expected))  # nothing is known before the end


def execute(
    connection: Connection,
    sql: str,
    values: Sequence[Any],
    *,
    many: bool = False,
    anew: bool = False,
) -> Any:
    """Run SQL on the driver's cursor, in the connection's transaction. Raises DBAPIError."""
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, values)
        elif anew:
            cursor.execute(sql, values, prepare=False)  # ty: ignore[unknown-argument] - psycopg
        else:
            cursor.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as fault:
        raise as_sqlalchemy_error(connection, fault, sql, values) from fault
    return cursor


def as_sqlalchemy_error(
    connection: Connection, fault: Any, sql: str, values: Sequence[Any]
) -> BaseException:
    """The error that SQLAlchemy raises for a driver's; a connection that is gone is thrown away."""
    dialect = connection.dialect
    gone = connection.invalidated or dialect.is_disconnect(fault, connection.connection, None)
    error = DBAPIError.instance(
        sql,
        values,
        fault,
        dialect.loaded_dbapi.Error,
        hide_parameters=connection.engine.hide_parameters,
        connection_invalidated=gone,
        dialect=dialect,
    )
    if gone and not connection.invalidated:
        connection.invalidate(fault)
    return error


class _Compiled:
    def __init__(self, source: Any, dialect: Dialect) -> None:
        # Nobody asks which ids an INSERT gave: without `inline`, SQLAlchemy would.
        alone = source.inline() if isinstance(source, Insert) else source
        compiled = alone.compile(dialect=_positional(dialect))
        self.sql: str = str(compiled)
        self._names: list[str] = compiled.positiontup
        self._pick = _picker(self._names)
        # A value that is owed has no stand-in: forgotten, it is an error and never a NULL.
        self._constants = {
            name: value
            for name, value in compiled.params.items()
            if not compiled.binds[name].required
        }
        self._binds = [
            (position, convert)
            for position, name in enumerate(self._names)
            if (convert := _binding(compiled.binds[name], dialect))
        ]
        self._labels, self._results = _result_shape(source, dialect)
        types = [compiled.binds[name].type for name in self._names]
        # psycopg alone: SQLite is quicker row after row, in the process.
        possible = dialect.driver == "psycopg" and _writes(self.sql) and SetBased.is_possible(types)
        self.set_based = SetBased(self.sql, types, dialect) if possible and types else None

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        known = {**self._constants, **values} if self._constants else values
        bound = list(self._pick(known))
        for position, convert in self._binds:
            bound[position] = convert(bound[position])
        return bound

    def read(self, row: Sequence[Any]) -> dict[str, Any]:
        read = dict(zip(self._labels, row, strict=True))
        for label, convert in self._results:
            read[label] = convert(read[label])
        return read


def _picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """The values of these names, in order; KeyError where one is missing."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _writes(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE")) and "RETURNING" not in sql


def _positional(dialect: Dialect) -> Dialect:
    """The same dialect with unnamed parameters, which every driver binds fastest."""
    if dialect.positional:
        return dialect
    return type(dialect)(paramstyle="format")  # ty: ignore[unknown-argument]


def _binding(bound: Any, dialect: Dialect) -> Convert | None:
    return bound.type.dialect_impl(dialect).bind_processor(dialect)


def _result_shape(source: Any, dialect: Dialect) -> tuple[list[str], list[tuple[str, Convert]]]:
    columns: list[Any] = list(getattr(source, "selected_columns", ()))
    labels: list[str] = [column.key for column in columns]
    converts: list[tuple[str, Convert]] = [
        (column.key, convert)
        for column in columns
        if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
    ]
    return labels, converts
