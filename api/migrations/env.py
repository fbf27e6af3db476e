"""What alembic runs: it always gets an open connection, in a transaction that is not its own."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import BigInteger
from sqlmodel import AutoString

from api.schema import METADATA, is_derived
from workflow.database import UtcDateTime


def render_plainly(kind: str, value: Any, around: Any) -> str | Literal[False]:
    """Write the models' own types as the columns they make: a migration outlives the code."""
    if kind != "type":
        return False
    if isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, AutoString):
        return f"sa.String({value.length})"
    if isinstance(getattr(value, "impl", value), BigInteger):  # identifiers, and amounts
        around.imports.add("from api.migrations.types import BigId")
        return "BigId"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Derived tables are no models': they are written by hand, and left alone here."""
    return kind != "table" or name is None or not is_derived(name)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=include_name,
    # SQLite changes a table by making another: every migration is written that way.
    render_as_batch=True,
    render_item=render_plainly,
)
context.run_migrations()
