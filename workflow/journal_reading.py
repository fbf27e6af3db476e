"""The journal read back: the lines of one subject, and what they say in words."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from workflow.database import table_of
from workflow.journal_tables import JournalEntry, JournalPayload
from workflow.statements import Statement

_ENTRIES, _PAYLOADS = table_of(JournalEntry), table_of(JournalPayload)
ERASED_NAME = "nom effacé"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as people read it. `content` is empty once erased."""

    seq: int
    at: datetime
    kind: str
    event: str
    actor_id: int | None
    actor_name: str
    role: str
    from_stage: str | None
    to_stage: str | None
    corrects: int | None
    content: Mapping[str, Any]
    erased_at: datetime | None


_COLUMNS = (
    _ENTRIES.c.seq,
    _ENTRIES.c.at,
    _ENTRIES.c.kind,
    _ENTRIES.c.event,
    _ENTRIES.c.actor_id,
    _ENTRIES.c.role,
    _ENTRIES.c.from_stage,
    _ENTRIES.c.to_stage,
    _ENTRIES.c.corrects,
    _PAYLOADS.c.content,
    _PAYLOADS.c.erased_at,
)
_LINES = (
    select(*_COLUMNS)
    .outerjoin(
        _PAYLOADS,
        (_PAYLOADS.c.subject_kind == _ENTRIES.c.subject_kind)
        & (_PAYLOADS.c.subject_id == _ENTRIES.c.subject_id)
        & (_PAYLOADS.c.seq == _ENTRIES.c.seq),
    )
    .where(_ENTRIES.c.subject_kind == bindparam("kind_"), _ENTRIES.c.subject_id == bindparam("id_"))
    .order_by(_ENTRIES.c.seq.desc())
)
_ALL = Statement(_LINES)
_LAST = Statement(_LINES.limit(1))
_INSTANT = Statement(
    select(_ENTRIES.c.at).where(
        _ENTRIES.c.subject_kind == bindparam("kind_"),
        _ENTRIES.c.subject_id == bindparam("id_"),
        _ENTRIES.c.seq == bindparam("seq_"),
    )
)


def lines_of(connection: Connection, kind: str, id: int) -> list[Line]:
    """Every line of a subject, newest first."""
    return [_line(row) for row in _ALL.rows(connection, {"kind_": kind, "id_": id})]


def last_change(
    connection: Connection, kind: str, id: int, *, but_not: Container[str] = ()
) -> Line | None:
    """The newest line of a subject, some events left aside."""
    if not but_not:
        row = _LAST.first(connection, {"kind_": kind, "id_": id})
        return None if row is None else _line(row)
    return next(
        (line for line in lines_of(connection, kind, id) if line.event not in but_not), None
    )


def line_of(connection: Connection, kind: str, id: int, seq: int) -> Line | None:
    """One line of a subject, if it has it."""
    lines = (line for line in lines_of(connection, kind, id) if line.seq == seq)
    return next(lines, None)


def instant_of(connection: Connection, kind: str, id: int, seq: int) -> datetime | None:
    """When one line was written; None where the subject has no such line."""
    row = _INSTANT.first(connection, {"kind_": kind, "id_": id, "seq_": seq})
    return None if row is None else row["at"]


def _line(row: Mapping[str, Any]) -> Line:
    content = json.loads(row["content"]) if row["content"] else {}
    return Line(
        seq=row["seq"],
        at=row["at"],
        kind=row["kind"],
        event=row["event"],
        actor_id=row["actor_id"],
        actor_name=content.pop("acteur", ERASED_NAME),
        role=row["role"],
        from_stage=row["from_stage"],
        to_stage=row["to_stage"],
        corrects=row["corrects"],
        content=content,
        erased_at=row["erased_at"],
    )
