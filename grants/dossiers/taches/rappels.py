"""A reminder of the pipeline whose moment has come, made a tâche for whoever it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from grants.dossiers.causes import cause_of, holds
from grants.dossiers.chain import record_fact
from grants.dossiers.taches.service import CREATED, insert_task
from grants.dossiers.taches.tables import Tache
from grants.dossiers.writing import store_chain
from grants.organisation.identity import software
from grants.organisation.vocabulary import collegue_label
from workflow import echeances
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.pipeline import ReminderRule
from workflow.subject import Subject

_T = table_of(Tache)


def remind(
    session: Session,
    engine: Engine,
    subject: Subject,
    rule: ReminderRule,
    echeance: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Make the tâche of a reminder that is due, once; the échéance is settled. Never commits.

    The dossier is locked. True if there is a new tâche: a reminder whose cause is gone makes none.
    """
    connection = session.connection()
    if not holds(engine, cause_of(connection, engine, subject, rule), now):
        echeances.settle(connection, echeance["id"], echeances.ANNULEE, now)
        return False
    echeances.settle(connection, echeance["id"], echeances.FAITE, now)
    return insert_reminded(session, engine, subject, rule, echeance, rule.task or rule.label, now)


def insert_reminded(
    session: Session,
    engine: Engine,
    subject: Subject,
    rule: ReminderRule,
    echeance: Mapping[str, Any],
    titre: str,
    now: datetime,
) -> bool:
    """Make the tâche of one échéance, unless it has one for that day. True if it is new."""
    connection = session.connection()
    day = to_paris(echeance["due_at"]).date()
    known = select(_T.c.id).where(_T.c.echeance_id == echeance["id"], _T.c.pour_le == day)
    if connection.execute(known).first() is not None:
        return False
    identity = software(subject.tenant_id)
    pour_id, name = _who(session, subject, rule)
    row = {
        "dossier_id": subject.id,
        "titre": titre,
        "pour_id": pour_id,
        "pour_le": day,
        "echeance_id": echeance["id"],
    }
    insert_task(connection, identity, row, now)
    told = {"tache_pour": name, "tache_date": format_date(day)}
    content = {
        "texte": titre,
        "changements": {key: {"avant": None, "apres": each} for key, each in told.items() if each},
    }
    record_fact(session, engine, subject, identity, CREATED, content, now)
    store_chain(connection, subject)
    return True


def _who(session: Session, subject: Subject, rule: ReminderRule) -> tuple[int | None, str | None]:
    """Whoever holds the role on this dossier, while still there; else nobody has taken it yet."""
    holder = subject.relative.get(rule.task_for)
    if holder is None:
        return None, None
    name = collegue_label(session.connection(), subject.tenant_id, holder)
    return (holder, name) if name else (None, None)
