"""What will be sent to the members of a séance, when and why: seen before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.comites.membres import MembreLine
from grants.comites.rappels import concerned
from grants.dossiers.causes import Cause, cause_of, cause_told, rule_of
from grants.relances.foreseeing import TACHE, Coming, against, may_leave, reminders_of_the_stage
from notifications.outbox import COURRIEL, PAPIER
from notifications.reminders import suspended_among
from workflow import echeances
from workflow.echeances_by_hand import version_of
from workflow.engine import Engine
from workflow.pipeline import ENTRY
from workflow.subject import Subject


def foresee_sitting(
    connection: Connection, engine: Engine, subject: Subject, now: datetime
) -> list[Coming]:
    """The reminders of the séance's present stage, in the order of their moments."""
    found = []
    for row in reminders_of_the_stage(connection, subject):
        rule = rule_of(engine, subject, row["rule"])
        if rule is None:
            continue
        cause = cause_of(connection, engine, subject, rule)
        members = concerned(connection, cause) if rule.letter else []
        found.append(_coming(connection, engine, cause, row, members, now))
    return found


def _coming(
    connection: Connection,
    engine: Engine,
    cause: Cause,
    row: Mapping[str, Any],
    members: list[MembreLine],
    now: datetime,
) -> Coming:
    rule, subject = cause.rule, cause.subject
    reached = _reached(connection, subject, members)
    by_mail = len(reached)
    letter_way = COURRIEL if by_mail else PAPIER
    return Coming(
        id=row["id"],
        rule=rule,
        occurrence=row["occurrence"],
        due_at=row["due_at"],
        state=row["state"],
        by_hand=row["moved_by_hand"],
        version=version_of(row),
        leaves_at=_when(cause, row, now),
        way=letter_way if rule.letter else TACHE,
        to=", ".join(
            each.nom if each.id in reached else f"{each.nom} (à imprimer)" for each in members
        ),
        address=None,
        why=cause_told(engine, subject, rule),
        since=None if rule.anchor == ENTRY else row["anchored_on"],
        against=against(engine, cause, row, now),
        many=(by_mail, len(members) - by_mail) if rule.letter else None,
    )


def _reached(connection: Connection, subject: Subject, members: list[MembreLine]) -> frozenset[int]:
    """Those of them whom an e-mail may reach, by their ids."""
    tenant = subject.tenant_id
    stopped = suspended_among(connection, {(tenant, each.email) for each in members if each.email})
    return frozenset(
        each.id for each in members if each.email and (tenant, each.email) not in stopped
    )


def _when(cause: Cause, row: Mapping[str, Any], now: datetime) -> datetime | None:
    if row["state"] != echeances.PREVUE:
        return None
    return may_leave(max(row["due_at"], now), cause.subject.row["territoire"])
