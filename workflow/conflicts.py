"""An insertion that says what to do when the row is there already, as both databases write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Table


def insert_into(dialect: str, table: Table) -> Any:
    """An INSERT of « sqlite » or « postgresql », with `on_conflict_do_nothing` and `…_update`.

    Only the dialect in use is loaded: PostgreSQL's alone is a twentieth of a start.
    """
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert(table)
