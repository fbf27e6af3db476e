"""What people do to one échéance that is still to come: move it, hold it, let it go on, end it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.echeances import ANNULEE, ARRETEE, FAITE, PREVUE, RELANCE, SUSPENDUE

_TABLE = table_of(Echeance)
OPEN = (PREVUE, SUSPENDUE)
_STATES = (PREVUE, SUSPENDUE, FAITE, ANNULEE, ARRETEE)


def version_of(row: Mapping[str, Any]) -> int:
    """What tells an échéance as it was seen from what it is now: its state and its moment."""
    return int(row["due_at"].timestamp()) * 10 + _STATES.index(row["state"])


def find_reminder(
    connection: Connection, subject_kind: str, subject_id: int, id: int
) -> dict[str, Any] | None:
    """One reminder of a subject, whatever became of it. The subject is locked by the caller."""
    query = select(*_TABLE.c).where(
        _TABLE.c.id == id,
        _TABLE.c.kind == RELANCE,
        _TABLE.c.subject_kind == subject_kind,
        _TABLE.c.subject_id == subject_id,
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def following(connection: Connection, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The later occurrences of the same rule that are still to come, soonest first."""
    query = (
        select(*_TABLE.c)
        .where(
            *[
                _TABLE.c[name] == row[name]
                for name in ("subject_kind", "subject_id", "kind", "rule", "planned_seq")
            ],
            _TABLE.c.occurrence > row["occurrence"],
            _TABLE.c.state.in_(OPEN),
        )
        .order_by(_TABLE.c.occurrence)
    )
    return [dict(each) for each in connection.execute(query).mappings()]


def move(connection: Connection, id: int, due_at: datetime) -> None:
    """Due at another moment, which no change of date will move again."""
    changed = update(_TABLE).where(_TABLE.c.id == id, _TABLE.c.state.in_(OPEN))
    connection.execute(changed.values(due_at=due_at, moved_by_hand=True))


def hold(connection: Connection, id: int) -> None:
    """Not due any more, until somebody lets it go on."""
    changed = update(_TABLE).where(_TABLE.c.id == id, _TABLE.c.state == PREVUE)
    connection.execute(changed.values(state=SUSPENDUE))


def let_go_on(connection: Connection, id: int) -> None:
    """Due again, at the moment that it had."""
    changed = update(_TABLE).where(_TABLE.c.id == id, _TABLE.c.state == SUSPENDUE)
    connection.execute(changed.values(state=PREVUE))
