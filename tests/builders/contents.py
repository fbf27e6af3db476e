"""All that a database holds, to tell whether anything was written."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from api.schema import METADATA
from workflow.database import Database

#: Counted at each guess, right or wrong.
GUESSES = frozenset({"tentative_connexion"})


def contents(database: Database, *, but: Collection[str] = GUESSES) -> dict[str, list[tuple]]:
    """Every row of every table, in the order of their first column."""
    with database.reading() as session:
        connection = session.connection()
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table.name not in but
        }
