"""The plan de financement of a dossier, written as a whole: amounts and lines in one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlmodel import Session

from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.coherence import faults_of_answers
from grants.dossiers.reading import read_subject
from grants.dossiers.sheets import may_edit
from grants.dossiers.staleness import is_replay, stale
from grants.dossiers.writing import store
from grants.finances.form import read_plan
from grants.finances.plan import ASKED, COFUNDER, COST, Line, Plan, plan_sheet
from grants.finances.queries import plan_of, structures_named
from grants.finances.tables import Financement
from grants.organisation.identity import Identity
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, NotFound
from workflow.fields import Raw
from workflow.pipeline import Pipeline
from workflow.subject import Subject

EVENT = "plan_de_financement_modifie"
_F = table_of(Financement)


class PlanClosed(DomainError):
    """Le plan de financement ne se modifie plus à l’étape « {stage} »."""

    code = "plan_ferme"


class PlanReserved(DomainError):
    """Le plan de financement est réservé, à cette étape, à d’autres rôles que le vôtre."""

    code = "plan_reserve"


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """What somebody typed of a plan, and the version of the dossier that was on screen."""

    dossier_id: int
    answers: Mapping[str, Raw]
    version: int | None = None
    key: str | None = None


def edit_plan(
    session: Session, engine: Engine, identity: Identity, edit: PlanEdit, now: datetime
) -> Plan:
    """Keep a plan, balanced or not: the move that needs it balanced says so. Never commits.

    Raises NotFound, PlanClosed, PlanReserved, Stale, Invalid with every fault, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, edit.dossier_id, lock=True)
    if edit.version != subject.lock_version:
        if is_replay(connection, subject, EVENT, edit.key):
            return plan_of(connection, subject)
        if edit.version is not None:
            raise stale(connection, engine, subject)
    pipeline = engine.machine(subject).pipeline
    require_plan_editable(pipeline, subject, identity)
    typed, faults = read_plan(pipeline, edit.answers, engine.vocabulary.field_types)
    # An amount that was not sent stays as it is.
    amounts = {
        key: value if key in edit.answers else subject.values.get(key)
        for key, value in ((COST, typed.cost), (ASKED, typed.asked))
    }
    faults |= faults_of_answers(subject, amounts, faults)
    if faults:
        raise Invalid(faults)
    before = plan_of(connection, subject)
    wanted = replace(typed, cost=amounts[COST], asked=amounts[ASKED])
    after = _tied(connection, identity.organisme_id, wanted)
    if before != after:
        record_fact(
            session, engine, subject, identity, EVENT, _content(before, after), now, edit.key
        )
        _write_lines(connection, subject, after)
        store(connection, engine, subject, amounts)
        settle(session, engine, subject, now)
    return after


def may_edit_plan(pipeline: Pipeline, subject: Subject, identity: Identity) -> bool:
    """Whether this person may change the plan at the dossier's stage."""
    sheet = plan_sheet(pipeline)
    return sheet is not None and may_edit(pipeline, subject, identity, sheet.key)


def require_plan_editable(pipeline: Pipeline, subject: Subject, identity: Identity) -> None:
    """Pass whoever may change the plan now. Raises NotFound, PlanClosed, PlanReserved."""
    sheet = plan_sheet(pipeline)
    if sheet is None:
        raise NotFound
    stage = pipeline.stage(subject.stage)
    if sheet.key not in stage.editable:
        raise PlanClosed(stage=stage.label)
    if not may_edit_plan(pipeline, subject, identity):
        raise PlanReserved


def _tied(connection: Connection, organisme_id: int, plan: Plan) -> Plan:
    """The plan, each funder tied to the structure that alone bears its name."""
    names = [line.financeur for line in plan.lines if line.nature == COFUNDER]
    known = structures_named(connection, organisme_id, names)
    lines = tuple(replace(line, structure_id=known.get(line.financeur)) for line in plan.lines)
    return replace(plan, lines=lines)


def _write_lines(connection: Connection, subject: Subject, plan: Plan) -> None:
    connection.execute(
        delete(_F).where(_F.c.organisme_id == subject.tenant_id, _F.c.dossier_id == subject.id)
    )
    rows = [
        {
            "organisme_id": subject.tenant_id,
            "dossier_id": subject.id,
            "rang": rang,
            **_plain(line),
        }
        for rang, line in enumerate(plan.lines, start=1)
    ]
    if rows:
        connection.execute(insert(_F), rows)


def _content(before: Plan, after: Plan) -> dict[str, Any]:
    """What the journal keeps: each amount and each line before and after, then both plans whole."""
    changes: dict[str, Any] = {}
    for key, old, new in ((COST, before.cost, after.cost), (ASKED, before.asked, after.asked)):
        if old != new:
            changes[key] = {"avant": old, "apres": new}
    was, now = _by_funder(before), _by_funder(after)
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            changes[f"Financement : {name}"] = {"avant": was.get(name), "apres": now.get(name)}
    lines = {
        side: [_plain(line) for line in plan.lines]
        for side, plan in (("avant", before), ("apres", after))
    }
    return {"changements": changes, "lignes": lines}


def _by_funder(plan: Plan) -> dict[str, str]:
    return {line.financeur: line.words for line in plan.lines}


def _plain(line: Line) -> dict[str, Any]:
    return {
        "nature": line.nature,
        "financeur": line.financeur,
        "structure_id": line.structure_id,
        "montant": line.montant,
        "etat": line.etat,
    }
