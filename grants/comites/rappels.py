"""The reminders of a séance: letters to its members, tâches to whoever prepares it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlmodel import Session

from grants.comites.chain import record
from grants.comites.courriers import letters_to, members_of
from grants.comites.membres import MembreLine
from grants.comites.queries import seance_name
from grants.comites.reading import KIND, read_sitting
from grants.dossiers.causes import Cause, cause_of, gone, is_over, place_of, rule_of
from grants.dossiers.taches.rappels import Asked
from grants.dossiers.taches.service import insert_task
from grants.organisation.identity import software
from grants.organisation.vocabulary import collegue_label
from notifications.outbox import COURRIEL, PAPIER, Enclosed, Occasion
from notifications.reminders import OneEach, days_taken, enqueue_one_each, suspended_among
from workflow import echeances
from workflow.calendar import next_opening, usual_moment
from workflow.database import table_of
from workflow.dates import from_paris, plain, to_paris
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.statements import Statement
from workflow.subject import Subject

PREPARED, DROPPED = "relance_preparee", "relances_annulees"
#: The fact that names the members whom a reminder is for, where it is not for all of them.
SILENT = "voix_sans_vote"
_E = table_of(Echeance)


_DUE = Statement(
    select(_E.c.id, _E.c.tenant_id.label("organisme_id"), _E.c.subject_id.label("seance_id"))
    .where(*echeances.reminders_of(KIND), _E.c.due_at <= bindparam("now"))
    .order_by(_E.c.due_at, _E.c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class SittingDue:
    """One reminder of a séance that is due, as it was found."""

    id: int
    organisme_id: int
    seance_id: int


@dataclass(frozen=True, slots=True)
class SeenTo:
    """What one reminder made: letters, tâches, or nothing; `put_off` where it is not the hour."""

    letters: int = 0
    tasks: int = 0
    put_off: int = 0
    dropped: int = 0


def sittings_due(connection: Connection, now: datetime, most: int) -> list[SittingDue]:
    """The oldest reminders of séances that are due, soonest first."""
    return [SittingDue(**row) for row in _DUE.rows(connection, {"now": now, "most": most})]


def see_to(session: Session, engine: Engine, due: SittingDue, now: datetime) -> SeenTo:
    """One reminder of a séance, unless somebody dealt with it meanwhile. Never commits."""
    connection = session.connection()
    subject = read_sitting(connection, due.organisme_id, due.seance_id, lock=True)
    row = echeances.still_due(connection, due.id, now)
    if row is None:
        return SeenTo()
    territoire = subject.row["territoire"]
    if next_opening(now, territoire) > now:
        echeances.postpone(connection, row["id"], usual_moment(now, territoire), row["anchored_on"])
        return SeenTo(put_off=1)
    rule = rule_of(engine, subject, row["rule"])
    if rule is None or gone(engine, cause := cause_of(connection, engine, subject, rule), now):
        echeances.settle(connection, row["id"], echeances.ANNULEE, now)
        return SeenTo()
    asked = Asked(software(subject.tenant_id))
    if is_over(cause, row, now) or echeances.is_superseded(connection, row, now):
        echeances.settle(connection, row["id"], echeances.ANNULEE, now)
        told = f"{place_of(rule, row['occurrence'])}\u00a0: la date annoncée est passée."
        _say(connection, subject, asked, DROPPED, told, now)
        return SeenTo(dropped=1)
    return _carry_out(connection, engine, cause, row, asked, now)


def do_now(
    session: Session,
    engine: Engine,
    cause: Cause,
    row: Mapping[str, Any],
    asked: Asked,
    now: datetime,
) -> None:
    """Do at once what a reminder would have done: its letters, at any hour, or its tâche.

    The séance is locked, the cause holds. Never commits.
    """
    _carry_out(session.connection(), engine, cause, row, asked, now, at_once=True)


def _carry_out(
    connection: Connection,
    engine: Engine,
    cause: Cause,
    row: Mapping[str, Any],
    asked: Asked,
    now: datetime,
    *,
    at_once: bool = False,
) -> SeenTo:
    echeances.settle(connection, row["id"], echeances.FAITE, now)
    if cause.rule.task is not None:
        _give_task(connection, cause, row, asked, now)
        return SeenTo(tasks=1)
    letters = _enclosed(connection, engine, cause, row)
    sent = _each_in_turn(connection, cause.subject, letters, now, at_once=at_once)
    names = ", ".join(each.enclosed.recipient.name for each in sent)
    told = f"{place_of(cause.rule, row['occurrence'])}\u00a0: {names}."
    _say(connection, cause.subject, asked, PREPARED, told, now)
    subject = cause.subject
    occasion = Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    enqueue_one_each(connection, occasion, sent)
    return SeenTo(letters=len(sent))


def _give_task(
    connection: Connection, cause: Cause, row: Mapping[str, Any], asked: Asked, now: datetime
) -> None:
    """To whoever prepares the séance, while still there; else nobody has taken it yet."""
    subject, rule = cause.subject, cause.rule
    holder = subject.relative.get(rule.task_for)
    known = holder is not None and collegue_label(connection, subject.tenant_id, holder)
    titre = f"{rule.task}\u00a0: {seance_name(subject.row)}"
    task = {
        "dossier_id": None,
        "titre": titre[:200],
        "pour_id": holder if known else None,
        "pour_le": min(to_paris(row["due_at"]).date(), to_paris(now).date()),
        "echeance_id": row["id"],
    }
    insert_task(connection, asked.identity, task, now)
    _say(connection, subject, asked, PREPARED, f"Tâche donnée\u00a0: {rule.task}.", now)


def concerned(connection: Connection, cause: Cause) -> list[MembreLine]:
    """The members whom a reminder is for, as things stand."""
    return members_of(connection, cause.subject, cause.facts.get(SILENT))


def _enclosed(
    connection: Connection, engine: Engine, cause: Cause, row: Mapping[str, Any]
) -> list[Enclosed]:
    """One letter to each member concerned."""
    subject, rule = cause.subject, cause.rule
    told = {
        "numero": row["occurrence"],
        "sur": len(rule.delays),
        "cause": rule.label,
        "depuis": plain(to_paris(subject.stage_since).date()),
    }
    assert rule.letter is not None, "a reminder is a letter or a tâche"
    members = concerned(connection, cause)
    return letters_to(connection, engine, subject, rule.letter, members, {"relance": told})


def _each_in_turn(
    connection: Connection,
    subject: Subject,
    letters: Sequence[Enclosed],
    now: datetime,
    *,
    at_once: bool,
) -> list[OneEach]:
    """By e-mail, the next day for who was reminded today; on paper where no e-mail may go.

    `at_once`: somebody asks for it, and nothing is held back.
    """
    tenant = subject.tenant_id
    people = {(tenant, each.recipient.personne_id or 0) for each in letters}
    addresses = {(tenant, each.recipient.email or "") for each in letters}
    taken = {} if at_once else days_taken(connection, people, now)
    stopped = suspended_among(connection, addresses)
    found = []
    for each in letters:
        who = each.recipient
        by_mail = bool(who.email) and (tenant, who.email or "") not in stopped
        day = taken.get((tenant, who.personne_id or 0)) if by_mail else None
        due_at = now
        if day is not None:
            next_day = from_paris(datetime.combine(day + timedelta(days=1), time()))
            due_at = usual_moment(next_day, subject.row["territoire"])
        found.append(OneEach(each, COURRIEL if by_mail else PAPIER, due_at))
    return found


def _say(
    connection: Connection, subject: Subject, asked: Asked, event: str, text: str, now: datetime
) -> None:
    record(connection, subject, asked.identity, event, {"texte": text}, now, asked.key)
