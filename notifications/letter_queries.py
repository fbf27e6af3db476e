"""What screens read of letters: lists, one letter whole, how the sending goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_

from notifications.courrier_table import Courrier, CourrierRappel, PieceJointe
from notifications.drafts import draft_of
from notifications.outbox import A_COMPLETER, A_VALIDER, ECHEC, EN_COURS, PREPARE, PRET
from workflow.database import table_of
from workflow.errors import NotFound

_M, _F, _R = table_of(Courrier), table_of(PieceJointe), table_of(CourrierRappel)
#: The states that ask for somebody, or wait: what a screen counts.
COUNTED = (PREPARE, A_COMPLETER, A_VALIDER, PRET, EN_COURS, ECHEC)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which letters of an organisme; what is None or empty leaves all.

    `subject`: of this one, merged reminders that speak of it too. From `since` up to `until`.
    """

    states: tuple[str, ...] = ()
    channel: str | None = None
    letter: str | None = None
    personne_id: int | None = None
    subject: tuple[str, int] | None = None
    reminder: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list stands: after this letter."""

    created_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter as lists show it."""

    id: int
    letter: str
    title: str
    subject_line: str | None
    state: str
    channel: str
    release: str
    reminder: bool
    subject_kind: str
    subject_id: int
    recipient_id: int | None
    recipient_name: str
    recipient_email: str | None
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    answer: str | None
    missing: str | None
    validated_by: str | None
    version: int

    @property
    def place(self) -> Place:
        """Where the next page begins."""
        return Place(self.created_at, self.id)


_COLUMNS = tuple(_M.c[name] for name in LetterLine.__dataclass_fields__)


def letters(
    connection: Connection,
    tenant_id: int,
    filters: Filters = Filters(),
    after: Place | None = None,
    size: int = 50,
) -> list[LetterLine]:
    """The letters of an organisme, the latest first."""
    query = select(*_COLUMNS).where(_M.c.tenant_id == tenant_id, *_conditions(filters))
    if after is not None:
        query = query.where(tuple_(_M.c.created_at, _M.c.id) < (after.created_at, after.id))
    query = query.order_by(_M.c.created_at.desc(), _M.c.id.desc()).limit(size)
    return [_line(row) for row in connection.execute(query).mappings()]


def counts(connection: Connection, tenants: Collection[int]) -> dict[str, int]:
    """How many letters stand in each state that waits for somebody, or for the clock."""
    query = (
        select(_M.c.state, func.count().label("number"))
        .where(_M.c.tenant_id.in_(sorted(tenants)), _M.c.state.in_(COUNTED))
        .group_by(_M.c.state)
    )
    found = {row.state: row.number for row in connection.execute(query)}
    return dict.fromkeys(COUNTED, 0) | found


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that a letter carries."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class WholeLetter:
    """One letter with all that is kept of it."""

    row: Mapping[str, Any]
    files: tuple[FileLine, ...]
    reminders: tuple[Mapping[str, Any], ...]


def letter(connection: Connection, tenant_id: int, id: int) -> WholeLetter:
    """One letter of an organisme. Raises NotFound."""
    draft = draft_of(connection, tenant_id, id)
    files = (
        select(_F.c.name, _F.c.media_type, func.length(_F.c.content), _F.c.digest)
        .where(_F.c.courrier_id == id)
        .order_by(_F.c.id)
    )
    carried = tuple(FileLine(*row) for row in connection.execute(files))
    return WholeLetter(draft.row, carried, tuple(draft.reminders))


def file_of(connection: Connection, tenant_id: int, id: int, name: str) -> tuple[str, bytes]:
    """(media type, content) of a file that a letter carries. Raises NotFound."""
    draft_of(connection, tenant_id, id)
    query = select(_F.c.media_type, _F.c.content).where(_F.c.courrier_id == id, _F.c.name == name)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    return row.media_type, row.content


def sent_since(connection: Connection, since: datetime) -> int:
    """How many letters have left since then. Reads every letter: for who asks once."""
    query = select(func.count()).select_from(_M).where(_M.c.sent_at > since)
    return connection.execute(query).scalar_one()


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found = [
        column == value
        for column, value in (
            (_M.c.channel, filters.channel),
            (_M.c.letter, filters.letter),
            (_M.c.recipient_id, filters.personne_id),
            (_M.c.reminder, filters.reminder),
        )
        if value is not None
    ]
    if filters.states:
        found.append(_M.c.state.in_(filters.states))
    if filters.since is not None:
        found.append(_M.c.created_at >= filters.since)
    if filters.until is not None:
        found.append(_M.c.created_at < filters.until)
    if filters.subject is not None:
        kind, id = filters.subject
        merged = select(_R.c.courrier_id).where(_R.c.subject_kind == kind, _R.c.subject_id == id)
        own = (_M.c.subject_kind == kind) & (_M.c.subject_id == id)
        found.append(or_(own, _M.c.id.in_(merged)))
    return found


def _line(row: Mapping[Any, Any]) -> LetterLine:
    return LetterLine(**row)
