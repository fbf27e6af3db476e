"""How many statements a piece of work sends to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from workflow import statements
from workflow.database import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """The SQL sent inside the block: SQLAlchemy's, and the fixed statements beside it."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        sent.append(sql)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with patch.object(statements, "execute", _noting(statements.execute, sent)):
            yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _noting(execute: Callable[..., Any], sent: list[str]) -> Callable[..., Any]:
    def noted(connection: Any, sql: str, *rest: Any, **more: Any) -> Any:
        sent.append(sql)
        return execute(connection, sql, *rest, **more)

    return noted
