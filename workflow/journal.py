"""The append-only journal: who did what, when, and why; one hash chain per subject."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from workflow.canonical import canonical
from workflow.database import column_names, table_of
from workflow.errors import KeyReused, Stale
from workflow.journal_tables import JournalEntry, JournalPayload
from workflow.statements import Statement
from workflow.subject import Actor

EntryKind = Literal["ouverture", "mouvement", "fait"]
_ENTRIES = table_of(JournalEntry)
_PAYLOADS = table_of(JournalPayload)


class Chained(Protocol):
    """What owns a chain: a subject, a structure, an organisme…"""

    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to write. `event` is an action's key, or the name of a fact (`note_ajoutee`).

    `content` (reason, values, before and after) can be erased later; the rest never is.
    """

    kind: EntryKind
    event: str
    actor: Actor
    at: datetime
    role: str = ""
    pipeline: str | None = None
    pipeline_version: int | None = None
    from_stage: str | None = None
    to_stage: str | None = None
    first_entry: bool = False
    corrects: int | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None


_INSERT_ENTRY = Statement(
    insert(_ENTRIES).values(
        {name: bindparam(name) for name in column_names(_ENTRIES, without="id")}
    )
)
_INSERT_PAYLOAD = Statement(
    insert(_PAYLOADS).values({name: bindparam(name) for name in column_names(_PAYLOADS)})
)


def append(
    connection: Connection, owner: Chained, *, tenant_id: int, kind: str, id: int, entry: Entry
) -> None:
    """Write one entry and move the owner's `seq` and `head` on, in memory: the caller stores them.

    UNIQUE(kind, id, seq) stops a writer whose owner was read before somebody else's entry: he
    gets Stale. Raises KeyReused for an idempotency key that another entry already has.
    """
    row, payload = compose(owner, tenant_id=tenant_id, kind=kind, id=id, entry=entry)
    with conflicts_told():
        _INSERT_ENTRY.run(connection, row)
    _INSERT_PAYLOAD.run(connection, payload)


Composed = tuple[dict[str, Any], dict[str, Any]]


def compose(owner: Chained, *, tenant_id: int, kind: str, id: int, entry: Entry) -> Composed:
    """The rows of one entry, its owner moved on in memory: `append_all` writes many at once."""
    if entry.idempotency_key is not None:
        require_key(entry.idempotency_key)
    content = canonical({**entry.content, "acteur": entry.actor.name})
    salt = secrets.token_hex(16)
    seq = owner.seq + 1
    row: dict[str, Any] = {
        "tenant_id": tenant_id,
        "subject_kind": kind,
        "subject_id": id,
        "seq": seq,
        "at": entry.at,
        "kind": entry.kind,
        "event": entry.event,
        "actor_id": entry.actor.id,
        "role": entry.role or entry.actor.role,
        "pipeline": entry.pipeline,
        "pipeline_version": entry.pipeline_version,
        "from_stage": entry.from_stage,
        "to_stage": entry.to_stage,
        "first_entry": entry.first_entry,
        "corrects": entry.corrects,
        "payload_digest": salted_digest(salt, content),
        "idempotency_key": entry.idempotency_key,
    }
    row["hash"] = chain_hash(owner.head, row)
    owner.seq, owner.head = seq, row["hash"]
    payload = {"subject_kind": kind, "subject_id": id, "seq": seq, "erased_at": None}
    return row, {**payload, "salt": salt, "content": content}


def append_all(connection: Connection, composed: Sequence[Composed]) -> None:
    """Write many composed entries. Raises Stale, KeyReused like `append`."""
    with conflicts_told():
        _INSERT_ENTRY.run_many(connection, [row for row, _ in composed])
    _INSERT_PAYLOAD.run_many(connection, [payload for _, payload in composed])


@contextmanager
def conflicts_told() -> Iterator[None]:
    """Which of the journal's two unique keys was already there. Raises KeyReused, Stale."""
    try:
        yield
    except IntegrityError as error:
        sentence = str(error.orig)
        if "ix_journal_key" in sentence or "journal.idempotency_key" in sentence:
            raise KeyReused from error
        if "uq_journal_subject" in sentence or "journal.seq" in sentence:
            raise Stale("quelqu'un d'autre", None, "à l'instant", "la même fiche") from error
        raise


def erase_content(connection: Connection, kind: str, id: int, at: datetime) -> None:
    """Forget every payload of a subject, with its salts: the chain is still believed."""
    connection.execute(
        update(JournalPayload)
        .where(_PAYLOADS.c.subject_kind == kind, _PAYLOADS.c.subject_id == id)
        .where(_PAYLOADS.c.erased_at.is_(None))
        .values(salt=None, content=None, erased_at=at)
    )


_BY_KEY = Statement(
    select(_ENTRIES.c.subject_kind, _ENTRIES.c.subject_id, _ENTRIES.c.seq, _ENTRIES.c.event).where(
        _ENTRIES.c.tenant_id == bindparam("tenant"), _ENTRIES.c.idempotency_key == bindparam("key")
    )
)


LONGEST_KEY = 64
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


def find_by_key(connection: Connection, tenant_id: int, key: str) -> dict[str, Any] | None:
    """The entry that an idempotency key already produced, if any. Raises KeyReused."""
    require_key(key)
    return _BY_KEY.first(connection, {"tenant": tenant_id, "key": key})


def require_key(key: str) -> None:
    """Raises KeyReused for a key that no form of ours ever carried."""
    if not _KEY.fullmatch(key):
        raise KeyReused


_CHAINED = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def salted_digest(salt: str, content: str) -> str:
    """SHA-256 of a payload that cannot be guessed once its salt is gone."""
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()


HASHED = (
    "tenant_id",
    "subject_kind",
    "subject_id",
    "seq",
    "kind",
    "event",
    "actor_id",
    "role",
    "pipeline",
    "pipeline_version",
    "from_stage",
    "to_stage",
    "first_entry",
    "corrects",
    "payload_digest",
    "idempotency_key",
)


def chain_hash(previous: str, row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash, the instant and every column that must not change."""
    instant = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = _CHAINED.encode([previous, instant, *[row[name] for name in HASHED]])
    return hashlib.sha256(text.encode()).hexdigest()
