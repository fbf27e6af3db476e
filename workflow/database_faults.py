"""Faults of the database itself, told as what the person who meets them can do about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workflow.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseGone,
    DatabaseLost,
    DatabaseReadOnly,
    DomainError,
)

# What the statement asks for is at fault, whatever words its error is told in.
_OF_THE_STATEMENT = (IntegrityError, DataError, ProgrammingError)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of fault: SQLite's own words for it, and PostgreSQL's states or their beginnings."""

    error: type[DomainError]
    words: tuple[str, ...]
    states: tuple[str, ...]


_KINDS = (
    _Kind(DatabaseBusy, ("locked",), ("55P03", "40P01", "40001", "53300")),
    _Kind(DatabaseFull, ("disk is full", "no space left"), ("53100",)),
    _Kind(DatabaseReadOnly, ("readonly database",), ("25006",)),
    _Kind(
        DatabaseDamaged, ("not a database", "disk image is malformed"), ("XX001", "XX002", "58P01")
    ),
    _Kind(
        DatabaseGone,
        (
            "unable to open",
            "disk i/o error",
            "connection refused",
            "connection failed",
            "connection to server",
            "closed",
        ),
        ("08", "57", "58030"),
    ),
)


@contextmanager
def faults_told() -> Iterator[None]:
    """Raises the domain error that a fault of the database comes down to; others pass."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy from error
    except (DatabaseError, InterfaceError) as error:
        kind = None if isinstance(error, _OF_THE_STATEMENT) else _kind_of(error)
        if kind is None:
            raise
        raise kind from error


@contextmanager
def commit_in_doubt() -> Iterator[None]:
    """A connection lost while it commits: nobody knows yet whether it did. Raises DatabaseLost."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseLost from error
        raise


def _kind_of(error: DBAPIError) -> type[DomainError] | None:
    state = getattr(error.orig, "sqlstate", None)
    said = "" if state else str(error.orig).lower()
    for kind in _KINDS:
        if (state and state.startswith(kind.states)) or any(word in said for word in kind.words):
            return kind.error
    return DatabaseGone if error.connection_invalidated else None
