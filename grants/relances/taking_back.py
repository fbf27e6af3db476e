"""Reminders that were prepared and could not leave: what is not owed any more is taken back.

A server that takes no letter for days leaves them waiting, frozen. Just before each is tried
again it is looked at: when its cause is gone, or when it has waited for too long, the letter is
cancelled; what is still owed of it is due again, and prepared anew with what else is due then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlmodel import Session

from grants.dossiers.causes import cause_of, gone, is_over, place_of, rule_of
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import lock_subjects
from grants.dossiers.writing import store_chain
from grants.organisation.identity import software
from grants.relances.writing import DROPPED
from notifications.courrier_table import Courrier, CourrierRappel
from notifications.outbox import ANNULE, COURRIEL, PRET
from workflow import echeances
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.subject import Subject

#: A letter just prepared says what is true; one that waited for that long is written anew.
FRESH, TOO_LONG = timedelta(minutes=30), timedelta(days=3)
_AT_ONCE = 100
_AGAIN = "pas encore partie, elle sera préparée de nouveau"
_NEVER = "pas encore partie, elle n’a plus lieu d’être"
_C, _R, _E = table_of(Courrier), table_of(CourrierRappel), table_of(Echeance)
# Written out, not bound: an index is partial on it.
_WAITING = text(f"courrier.state = '{PRET}' AND courrier.channel = '{COURRIEL}'")
_BY_ITSELF = (_C.c.reminder, _C.c.validated_by_id.is_(None))


def take_back(database: Database, engine: Engine, now: datetime) -> int:
    """Look at the reminders that are about to be tried again; how many letters were taken back."""
    with database.reading() as session:
        waiting = _about_to_leave(session.connection(), now)
    taken = 0
    for row in waiting:
        with database.unit_of_work() as session:
            taken += _look_at(session, engine, row, now)
    return taken


def _about_to_leave(connection: Connection, now: datetime) -> list[Mapping[str, Any]]:
    query = (
        select(_C.c.id, _C.c.created_at)
        .where(_WAITING, *_BY_ITSELF, _C.c.due_at <= now, _C.c.created_at <= now - FRESH)
        .order_by(_C.c.due_at)
        .limit(_AT_ONCE)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _look_at(session: Session, engine: Engine, row: Mapping[str, Any], now: datetime) -> bool:
    connection = session.connection()
    query = (
        select(*_E.c, _R.c.id.label("rappel_id"), _R.c.label)
        .join(_E, _E.c.id == _R.c.echeance_id)
        .where(_R.c.courrier_id == row["id"])
        .order_by(_R.c.id)
    )
    carried = [dict(each) for each in connection.execute(query).mappings()]
    subjects = lock_subjects(connection, engine, {each["subject_id"] for each in carried})
    if any(each["subject_id"] not in subjects for each in carried):
        return False  # somebody is changing one of them: at the next try
    owed = [
        each
        for each in carried
        if _is_owed(connection, engine, subjects[each["subject_id"]], each, now)
    ]
    if len(owed) == len(carried) and now - row["created_at"] < TOO_LONG:
        return False
    if not _cancel(connection, row["id"], now):
        return False
    _make_due(connection, owed, now)
    _tell(session, engine, subjects, carried, owed, now)
    return True


def _is_owed(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    echeance: Mapping[str, Any],
    now: datetime,
) -> bool:
    rule = rule_of(engine, subject, echeance["rule"])
    if rule is None or echeance["planned_seq"] < subject.entry_seq:
        return False
    cause = cause_of(connection, engine, subject, rule)
    return not gone(engine, cause, now) and not is_over(cause, echeance, now)


def _cancel(connection: Connection, id: int, now: datetime) -> bool:
    """Whether it was still waiting: nobody has taken it to send meanwhile."""
    cancelled = update(_C).where(_C.c.id == id, _WAITING)
    values = {"state": ANNULE, "settled_at": now, "version": _C.c.version + 1}
    return connection.execute(cancelled.values(values)).rowcount == 1


def _make_due(connection: Connection, owed: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Due again now: the moment differs from that of the letter that carried it."""
    ids = [each["id"] for each in owed]
    again = update(_E).where(_E.c.id.in_(ids), _E.c.state == echeances.FAITE)
    connection.execute(again.values(state=echeances.PREVUE, due_at=now, settled_at=None))


def _tell(
    session: Session,
    engine: Engine,
    subjects: Mapping[int, Subject],
    carried: Sequence[Mapping[str, Any]],
    owed: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Each dossier's journal says what became of its reminders."""
    again = {each["id"] for each in owed}
    for subject in subjects.values():
        said = [
            f"{_named(engine, subject, each)}\u00a0: {_AGAIN if each['id'] in again else _NEVER}"
            for each in carried
            if each["subject_id"] == subject.id
        ]
        told = "\u00a0; ".join(said)
        content = {"texte": f"{told}."}
        who = software(subject.tenant_id)
        record_fact(session, engine, subject, who, DROPPED, content, now)
        store_chain(session.connection(), subject)


def _named(engine: Engine, subject: Subject, echeance: Mapping[str, Any]) -> str:
    rule = rule_of(engine, subject, echeance["rule"])
    return place_of(rule, echeance["occurrence"]) if rule else echeance["label"]
