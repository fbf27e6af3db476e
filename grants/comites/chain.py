"""What happens at a séance, written on its own chain: its minutes can be made from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from grants.comites.reading import KIND, read_sitting
from grants.comites.tables import Seance
from grants.comites.vocabulary import FACTS, SHARED
from grants.organisation.identity import Acting
from grants.organisation.ledger import Ledger
from workflow import journal
from workflow.database import table_of
from workflow.errors import NotFound
from workflow.statements import Statement
from workflow.subject import Subject

_S = table_of(Seance)
_HEAD = Statement(
    update(_S)
    .where(_S.c.id == bindparam("id_"), _S.c.lock_version == bindparam("seen_"))
    .values(seq=bindparam("seq_"), head=bindparam("head_"))
)


def record(
    connection: Connection,
    subject: Subject,
    acting: Acting,
    event: str,
    content: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
) -> None:
    """Write one fact on a locked séance's chain, and its head on the row. Raises KeyReused."""
    entry = journal.Entry(
        kind="fait",
        event=event,
        actor=acting.actor,
        role=acting.role,
        at=now,
        content=content,
        idempotency_key=key,
    )
    journal.append(
        connection, subject, tenant_id=subject.tenant_id, kind=KIND, id=subject.id, entry=entry
    )
    values = {"seq_": subject.seq, "head_": subject.head}
    _HEAD.run_on_one(connection, {"id_": subject.id, "seen_": subject.lock_version, **values})


def tell_sitting(
    connection: Connection, acting: Acting, id: int, event: str, text: str, now: datetime
) -> None:
    """A séance's journal says what became of one of its letters; nothing, once it is no more."""
    with suppress(NotFound):
        subject = read_sitting(connection, acting.organisme_id, id, lock=True)
        record(connection, subject, acting, event, {"texte": text}, now)


#: What reads a séance, and tells its changes in words.
SEANCES = Ledger(KIND, _S, {**FACTS, **SHARED})
