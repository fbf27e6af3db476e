"""Addresses that an organisme writes to no more: they bounced, or their owner asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from notifications.courrier_table import AdresseSuspendue
from workflow.conflicts import insert_into
from workflow.database import table_of
from workflow.statements import Statement

REBOND, DEMANDE, RAPPELS = "rebond", "demande", "rappels"
#: What each reason is called on screen.
REASONS = {
    REBOND: "Adresse refusée par son serveur",
    DEMANDE: "Ne souhaite plus recevoir d’e-mail",
    RAPPELS: "Ne souhaite plus recevoir de rappels",
}
# From the one that stops least to the one that stops most: a lighter one never replaces a heavier.
_WEIGHT = {RAPPELS: 0, DEMANDE: 1, REBOND: 2}
_LONGEST_DETAIL, _LONGEST_NAME = 300, 120
_TABLE = table_of(AdresseSuspendue)
_COLUMNS = (_TABLE.c.email, _TABLE.c.reason, _TABLE.c.detail, _TABLE.c.since, _TABLE.c.by)
_OF_ADDRESS = Statement(
    select(*_COLUMNS).where(
        _TABLE.c.tenant_id == bindparam("tenant_"), _TABLE.c.email == bindparam("email_")
    )
)


@dataclass(frozen=True, slots=True)
class Suspension:
    """One address written to no more: why, since when, on whose word."""

    email: str
    reason: str
    detail: str
    since: datetime
    by: str

    def stops(self, *, reminder: bool) -> bool:
        """Whether it keeps this from leaving by e-mail."""
        return reminder or self.reason != RAPPELS


def suspension_of(connection: Connection, tenant_id: int, email: str | None) -> Suspension | None:
    """Why an organisme writes to an address no more; None when it does."""
    if not email:
        return None
    row = _OF_ADDRESS.first(connection, {"tenant_": tenant_id, "email_": email.lower()})
    return None if row is None else Suspension(**row)


def suspensions_of(
    connection: Connection, tenant_id: int, emails: Iterable[str | None]
) -> dict[str, Suspension]:
    """Those of these addresses that an organisme writes to no more, by address in lower case."""
    asked = sorted({each.lower() for each in emails if each})
    if not asked:
        return {}
    query = select(*_COLUMNS).where(_TABLE.c.tenant_id == tenant_id, _TABLE.c.email.in_(asked))
    return {row.email: Suspension(*row) for row in connection.execute(query)}


def suspend(connection: Connection, tenant_id: int, suspension: Suspension) -> bool:
    """Write to an address no more. True if that is new, or stops more than before did."""
    known = suspension_of(connection, tenant_id, suspension.email)
    if known is not None and _WEIGHT[known.reason] >= _WEIGHT[suspension.reason]:
        return False
    told = {
        "reason": suspension.reason,
        "detail": suspension.detail[:_LONGEST_DETAIL],
        "since": suspension.since,
        "by": suspension.by[:_LONGEST_NAME],
    }
    row = {"tenant_id": tenant_id, "email": suspension.email.lower(), **told}
    connection.execute(
        insert_into(connection.dialect.name, _TABLE)
        .values(row)
        .on_conflict_do_update(index_elements=["tenant_id", "email"], set_=told)
    )
    return True


def lift(connection: Connection, tenant_id: int, email: str) -> bool:
    """Write to an address again. True if it was suspended."""
    query = delete(_TABLE).where(_TABLE.c.tenant_id == tenant_id, _TABLE.c.email == email.lower())
    return connection.execute(query).rowcount > 0


def suspensions(
    connection: Connection, tenant_id: int, after: str = "", size: int = 50
) -> list[Suspension]:
    """The suspended addresses of an organisme in order, from the one after `after` on."""
    query = (
        select(*_COLUMNS)
        .where(_TABLE.c.tenant_id == tenant_id, _TABLE.c.email > after)
        .order_by(_TABLE.c.email)
        .limit(size)
    )
    return [Suspension(*row) for row in connection.execute(query)]


def number_suspended(connection: Connection) -> int:
    """How many addresses are suspended, in every organisme."""
    return connection.execute(select(func.count()).select_from(_TABLE)).scalar_one()
