"""A reminder of the pipeline whose moment has come, made a tâche for whoever it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from grants.dossiers.causes import cause_of, gone
from grants.dossiers.chain import record_fact
from grants.dossiers.taches.service import CREATED, insert_task
from grants.dossiers.taches.tables import Tache
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity, software
from grants.organisation.vocabulary import collegue_label
from workflow import echeances
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.pipeline import ReminderRule
from workflow.subject import Subject

_T = table_of(Tache)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a reminder before its time, and by which click."""

    identity: Identity
    key: str | None = None


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
    if gone(engine, cause_of(connection, engine, subject, rule), now):
        echeances.settle(connection, echeance["id"], echeances.ANNULEE, now)
        return False
    echeances.settle(connection, echeance["id"], echeances.FAITE, now)
    return make_task(session, engine, subject, rule, echeance, now)


def make_task(
    session: Session,
    engine: Engine,
    subject: Subject,
    rule: ReminderRule,
    echeance: Mapping[str, Any],
    now: datetime,
    by: Asked | None = None,
) -> bool:
    """Make the tâche of one échéance, unless it has one for that day. True if it is new.

    A letter that cannot be sent becomes one too. It is for today where its day is not there yet.
    """
    connection = session.connection()
    day = min(to_paris(echeance["due_at"]).date(), to_paris(now).date())
    titre = rule.task or f"Relancer sans e-mail\u00a0: {rule.label}"
    known = select(_T.c.id).where(_T.c.echeance_id == echeance["id"], _T.c.pour_le == day)
    if connection.execute(known).first() is not None:
        return False
    by = by or Asked(software(subject.tenant_id))
    pour_id, name = _who(session, subject, rule)
    row = {
        "dossier_id": subject.id,
        "titre": titre,
        "pour_id": pour_id,
        "pour_le": day,
        "echeance_id": echeance["id"],
    }
    insert_task(connection, by.identity, row, now)
    told = {"tache_pour": name, "tache_date": format_date(day)}
    content = {
        "texte": titre,
        "changements": {key: {"avant": None, "apres": each} for key, each in told.items() if each},
    }
    record_fact(session, engine, subject, by.identity, CREATED, content, now, by.key)
    store_chain(connection, subject)
    return True


def _who(session: Session, subject: Subject, rule: ReminderRule) -> tuple[int | None, str | None]:
    """Whoever holds the role on this dossier, while still there; else nobody has taken it yet."""
    holder = subject.relative.get(rule.task_for)
    if holder is None:
        return None, None
    name = collegue_label(session.connection(), subject.tenant_id, holder)
    return (holder, name) if name else (None, None)
