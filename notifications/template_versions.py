"""An organisme's own letters: which version is in force, who wrote each, the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from notifications.courrier_table import Modele
from notifications.letter_source import digest_of_source
from notifications.letters import Letter
from workflow.database import table_of
from workflow.statements import Statement

_M = table_of(Modele)
_LATEST = Statement(
    select(_M.c.id, _M.c.source, _M.c.digest)
    .where(_M.c.tenant_id == bindparam("tenant_"), _M.c.letter == bindparam("letter_"))
    .order_by(_M.c.version.desc())
    .limit(1)
)


class TemplateChanged(Exception):
    """Cette lettre a été modifiée entre-temps. Relisez-la avant d’enregistrer."""


@dataclass(frozen=True, slots=True)
class Template:
    """The text of one letter as it is written: `id` None for the original."""

    letter: Letter
    source: str
    id: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version: without `source`, the return to the original."""

    id: int
    version: int
    source: str | None
    author: str
    at: datetime


def original(letter: Letter) -> Template:
    """The text that the software ships."""
    return Template(letter, letter.source, None, letter.digest)


def template_in_force(connection: Connection, tenant_id: int, letter: Letter) -> Template:
    """The organisme's latest version, else the original."""
    row = _LATEST.first(connection, {"tenant_": tenant_id, "letter_": letter.key})
    if row is None or row["source"] is None:
        return original(letter)
    return Template(letter, row["source"], row["id"], row["digest"])


def template_of_version(connection: Connection, letter: Letter, modele_id: int) -> Template | None:
    """The version that a letter was written from; None when it is not one of this letter."""
    query = select(_M.c.source, _M.c.digest).where(_M.c.id == modele_id, _M.c.letter == letter.key)
    row = connection.execute(query).first()
    if row is None or row.source is None:
        return None
    return Template(letter, row.source, modele_id, row.digest)


def versions_of(connection: Connection, tenant_id: int, letter: str) -> list[Version]:
    """Every version of a letter, the latest first."""
    query = (
        select(_M.c.id, _M.c.version, _M.c.source, _M.c.author, _M.c.at)
        .where(_M.c.tenant_id == tenant_id, _M.c.letter == letter)
        .order_by(_M.c.version.desc())
    )
    return [Version(*row) for row in connection.execute(query)]


def save_version(
    connection: Connection,
    tenant_id: int,
    letter: str,
    source: str | None,
    *,
    seen: int,
    author: tuple[int, str],
    now: datetime,
) -> int:
    """Add a version, or with no source return to the original. The number of the new one.

    `seen` is the version that its author had in sight, 0 for none yet. Never commits, and does
    not look at the text: `check_template` comes first. Raises TemplateChanged.
    """
    number = func.coalesce(func.max(_M.c.version), 0)
    latest = select(number).where(_M.c.tenant_id == tenant_id, _M.c.letter == letter)
    if connection.execute(latest).scalar_one() != seen:
        raise TemplateChanged
    values = {
        "tenant_id": tenant_id,
        "letter": letter,
        "version": seen + 1,
        "source": source,
        "digest": None if source is None else digest_of_source(source),
        "author_id": author[0],
        "author": author[1],
        "at": now,
    }
    try:
        connection.execute(insert(_M).values(values))
    except IntegrityError:
        raise TemplateChanged from None
    return seen + 1
