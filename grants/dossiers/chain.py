"""Facts about a dossier that are not moves, written on its chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.dossiers.advance import follow_event
from grants.dossiers.reading import KIND
from grants.organisation.identity import Identity
from workflow import journal
from workflow.engine import Engine
from workflow.subject import Subject


def record_fact(
    session: Session,
    engine: Engine,
    subject: Subject,
    identity: Identity,
    event: str,
    content: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
) -> None:
    """Write one fact on a dossier's chain; the caller stores the dossier's row.

    The timed actions that the fact restarts or stops follow at once.
    """
    entry = journal.Entry(
        kind="fait",
        event=event,
        actor=identity.actor,
        role=identity.role,
        at=now,
        content=content,
        idempotency_key=key,
    )
    connection = session.connection()
    journal.append(
        connection, subject, tenant_id=subject.tenant_id, kind=KIND, id=subject.id, entry=entry
    )
    follow_event(connection, engine, subject, event, now)
