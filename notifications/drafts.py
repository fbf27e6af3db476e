"""A letter that is still to be written: its row, the reminders it merges, and who writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, select

from notifications.courrier_table import Courrier, CourrierRappel
from notifications.written import WrittenLetter
from workflow.database import LARGEST_ID, table_of
from workflow.errors import NotFound

Row = Mapping[str, Any]
_M, _R = table_of(Courrier), table_of(CourrierRappel)


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter's row, and the reminders that it carries, in order."""

    row: Row
    reminders: Sequence[Row] = ()

    @property
    def id(self) -> int:
        """The letter's id."""
        return self.row["id"]


class Writer(Protocol):
    """Writes letters, outside any transaction that changes anything."""

    def __call__(self, connection: Connection, draft: Draft, at: datetime) -> WrittenLetter:
        """The letter as it is on that day. Raises Incomplete, Unwritable."""
        ...


def draft_of(connection: Connection, tenant_id: int, id: int) -> Draft:
    """One letter of an organisme. Raises NotFound, also for another organisme's."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = select(*_M.c).where(_M.c.id == id, _M.c.tenant_id == tenant_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return with_reminders(connection, [dict(row)])[0]


def with_reminders(connection: Connection, rows: Iterable[Row]) -> list[Draft]:
    """Letters with the reminders that they carry."""
    rows = list(rows)
    carrying = [row["id"] for row in rows if row["reminder"]]
    found: dict[int, list[Row]] = {}
    if carrying:
        query = select(*_R.c).where(_R.c.courrier_id.in_(carrying)).order_by(_R.c.id)
        for each in connection.execute(query).mappings():
            found.setdefault(each["courrier_id"], []).append(dict(each))
    return [Draft(row, found.get(row["id"], ())) for row in rows]
