"""What a replayed past must not leave due: what its reminders would ask of colleagues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from grants.dossiers.chain import record_fact
from grants.dossiers.reading import KIND, read_subject
from grants.dossiers.writing import store_chain
from grants.organisation.identity import software
from workflow import echeances
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.journal_tables import JournalEntry
from workflow.subject import Subject

EVENT = "relances_annulees"
_E, _J = table_of(Echeance), table_of(JournalEntry)


def settle_the_past(session: Session, engine: Engine, organisme_id: int, now: datetime) -> None:
    """Cancel what fell due before `now`, saying so on each dossier at the date it was due."""
    for dossier_id, due in groupby(_overdue(session, organisme_id, now), itemgetter("subject_id")):
        connection = session.connection()
        subject = read_subject(connection, engine, organisme_id, dossier_id, lock=True)
        _cancel(session, engine, subject, list(due))


def _overdue(session: Session, organisme_id: int, now: datetime) -> Iterator[dict[str, Any]]:
    query = (
        select(*_E.c)
        .where(_E.c.tenant_id == organisme_id, _E.c.subject_kind == KIND)
        .where(_E.c.state == echeances.PREVUE, _E.c.due_at <= now)
        .order_by(_E.c.subject_id, _E.c.due_at, _E.c.id)
    )
    rows = session.connection().execute(query).mappings().all()
    return (dict(row) for row in rows)


def _cancel(session: Session, engine: Engine, subject: Subject, due: list[dict[str, Any]]) -> None:
    connection = session.connection()
    for row in due:
        echeances.settle(connection, row["id"], echeances.ANNULEE, row["due_at"])
    labels = {
        rule.key: rule.label
        for stage in engine.machine(subject).pipeline.stages
        for rule in stage.reminders
    }
    counted = Counter(labels.get(row["rule"], row["rule"]) for row in due)
    told = ", ".join(label if n == 1 else f"{label} ({n} fois)" for label, n in counted.items())
    latest = select(func.max(_J.c.at)).where(
        _J.c.subject_kind == KIND, _J.c.subject_id == subject.id
    )
    at = max(due[-1]["due_at"], connection.execute(latest).scalar_one())
    content = {"texte": f"{told}\u00a0: rien n’est parti, ce dossier est une démonstration."}
    record_fact(session, engine, subject, software(subject.tenant_id), EVENT, content, at)
    store_chain(connection, subject)
