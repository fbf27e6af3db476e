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
from grants.comites.queries import seance_name
from grants.comites.reading import KIND, read_sitting, situation_of
from grants.dossiers.causes import Cause, is_over, place_of, rule_of
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
from workflow.pipeline import ENTRY, ReminderRule
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
    if rule is None or _is_gone(connection, engine, subject, rule, now):
        echeances.settle(connection, row["id"], echeances.ANNULEE, now)
        return SeenTo()
    cause = _cause(connection, engine, subject, rule)
    if is_over(cause, row, now) or echeances.is_superseded(connection, row, now):
        echeances.settle(connection, row["id"], echeances.ANNULEE, now)
        told = f"{place_of(rule, row['occurrence'])}\u00a0: la date annoncée est passée."
        _say(connection, subject, DROPPED, told, now)
        return SeenTo(dropped=1)
    echeances.settle(connection, row["id"], echeances.FAITE, now)
    if rule.task is not None:
        _give_task(connection, subject, rule, row, now)
        return SeenTo(tasks=1)
    return SeenTo(letters=_write_to_members(connection, engine, cause, row, now))


def _is_gone(
    connection: Connection, engine: Engine, subject: Subject, rule: ReminderRule, now: datetime
) -> bool:
    """A reminder dies with its cause."""
    if not rule.conditions:
        return False
    guards = engine.vocabulary.guards
    facts = {fact for each in rule.conditions for fact in guards[each.name].facts}
    by = software(subject.tenant_id)
    situation = situation_of(connection, engine, subject, by, now, facts)
    return bool(engine.against(situation, rule.conditions))


def _cause(connection: Connection, engine: Engine, subject: Subject, rule: ReminderRule) -> Cause:
    guards, providers = engine.vocabulary.guards, engine.vocabulary.facts
    names = {fact for each in rule.conditions for fact in guards[each.name].facts}
    names |= {rule.anchor} - {ENTRY}
    return Cause(
        subject, rule, {name: providers[name].provider(connection, subject) for name in names}
    )


def _give_task(
    connection: Connection,
    subject: Subject,
    rule: ReminderRule,
    row: Mapping[str, Any],
    now: datetime,
) -> None:
    """To whoever prepares the séance, while still there; else nobody has taken it yet."""
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
    insert_task(connection, software(subject.tenant_id), task, now)
    _say(connection, subject, PREPARED, f"Tâche donnée\u00a0: {rule.task}.", now)


def _write_to_members(
    connection: Connection, engine: Engine, cause: Cause, row: Mapping[str, Any], now: datetime
) -> int:
    """One letter to each member concerned; whoever was reminded today has his another day."""
    subject, rule = cause.subject, cause.rule
    told = {
        "numero": row["occurrence"],
        "sur": len(rule.delays),
        "cause": rule.label,
        "depuis": plain(to_paris(subject.stage_since).date()),
    }
    members = members_of(connection, subject, cause.facts.get(SILENT))
    assert rule.letter is not None, "a reminder is a letter or a tâche"
    enclosed = letters_to(connection, engine, subject, rule.letter, members, {"relance": told})
    sent = _each_in_turn(connection, subject, enclosed, now)
    names = ", ".join(each.enclosed.recipient.name for each in sent)
    _say(connection, subject, PREPARED, f"{place_of(rule, row['occurrence'])}\u00a0: {names}.", now)
    occasion = Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    enqueue_one_each(connection, occasion, sent)
    return len(sent)


def _each_in_turn(
    connection: Connection, subject: Subject, letters: Sequence[Enclosed], now: datetime
) -> list[OneEach]:
    """By e-mail, the next day for who was reminded today; on paper where no e-mail may go."""
    tenant = subject.tenant_id
    people = {(tenant, each.recipient.personne_id or 0) for each in letters}
    addresses = {(tenant, each.recipient.email or "") for each in letters}
    taken, stopped = days_taken(connection, people, now), suspended_among(connection, addresses)
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


def _say(connection: Connection, subject: Subject, event: str, text: str, now: datetime) -> None:
    by = software(subject.tenant_id)
    record(connection, subject, by, event, {"texte": text}, now)
