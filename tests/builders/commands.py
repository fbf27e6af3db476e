"""Commands in tests: what running one gives, and faults made by hand in what they read."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from workflow.database import Database

#: Does one command; gives its exit code, and what it said on both outputs.
Run = Callable[..., tuple[int, str]]


def execute(database: Database, *statements: str) -> None:
    with database.unit_of_work() as session:
        for statement in statements:
            session.connection().execute(text(statement))
