"""Chains whose owner was removed for good: the head of each is kept, and its id never served again.

The journal outlives what it tells of: without their heads, its last lines could be cut off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select

from workflow.database import column_names, table_of
from workflow.journal_closed_table import ClosedChain
from workflow.statements import Statement

_C = table_of(ClosedChain)
_INSERT = Statement(insert(_C).values({name: bindparam(name) for name in column_names(_C)}))
_LAST = Statement(
    select(func.max(_C.c.subject_id).label("last")).where(_C.c.subject_kind == bindparam("kind"))
)


def close_chains(
    connection: Connection, kind: str, heads: Iterable[tuple[int, int, str]], at: datetime
) -> None:
    """Keep the (id, seq, head) of owners that this transaction removes."""
    rows = [
        {"subject_kind": kind, "subject_id": id, "seq": seq, "head": head, "closed_at": at}
        for id, seq, head in heads
    ]
    _INSERT.run_many(connection, rows)


def closed_heads(connection: Connection) -> dict[tuple[str, int], tuple[int, str]]:
    """The (seq, head) of every closed chain, by kind and id."""
    query = select(_C.c.subject_kind, _C.c.subject_id, _C.c.seq, _C.c.head)
    return {(kind, id): (seq, head) for kind, id, seq, head in connection.execute(query)}


def spared_id(connection: Connection, kind: str, table: Table) -> dict[str, Any]:
    """The id that a new row must be given so as not to take up a closed chain; often none.

    SQLite gives the highest id plus one, which may be one that was removed; PostgreSQL never does.
    """
    if connection.dialect.name != "sqlite":
        return {}
    found = _LAST.first(connection, {"kind": kind})
    if found is None or found["last"] is None:
        return {}
    highest = connection.execute(select(func.max(table.c.id))).scalar_one() or 0
    return {"id": found["last"] + 1} if found["last"] > highest else {}
