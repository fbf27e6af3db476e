"""The sheets of a dossier, edited in place: who may, what changed, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.dossiers.advance import follow_dates, settle
from grants.dossiers.answers import read_fields
from grants.dossiers.chain import record_fact
from grants.dossiers.coherence import faults_of_answers
from grants.dossiers.columns import changed_columns
from grants.dossiers.reading import read_subject
from grants.dossiers.staleness import is_replay, stale
from grants.dossiers.writing import store
from grants.organisation.identity import Identity
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, NotFound
from workflow.pipeline import Pipeline, Sheet
from workflow.subject import Subject

EVENT = "fiche_modifiee"


class SheetClosed(DomainError):
    """« {sheet} » ne se modifie plus à l'étape « {stage} »."""

    code = "fiche_fermee"


class SheetReserved(DomainError):
    """« {sheet} » est réservée, à cette étape, à d'autres rôles que le vôtre."""

    code = "fiche_reservee"


@dataclass(frozen=True, slots=True)
class SheetEdit:
    """What somebody typed on a sheet, and the version of the dossier that was on screen."""

    dossier_id: int
    sheet: str
    answers: Mapping[str, str | list[str] | None]
    version: int | None = None
    key: str | None = None


def edit_sheet(
    session: Session, engine: Engine, identity: Identity, edit: SheetEdit, now: datetime
) -> Subject:
    """Keep the answers of a sheet. Unfinished sheets are kept: moves ask for the whole.

    Never commits. Raises NotFound, SheetClosed, SheetReserved, Stale, Invalid.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, edit.dossier_id, lock=True)
    # On the version that was seen, the key cannot have served yet.
    if edit.version != subject.lock_version:
        if is_replay(connection, subject, EVENT, edit.key):
            return subject
        if edit.version is not None:
            raise stale(connection, engine, subject)
    pipeline = engine.machine(subject).pipeline
    sheet = require_editable(pipeline, subject, identity, edit.sheet)
    fields = [field.model_copy(update={"required": False}) for field in sheet.fields]
    values, labels, faults = read_fields(
        connection, engine, subject.tenant_id, fields, edit.answers
    )
    faults |= faults_of_answers(subject, values, faults)
    if faults:
        raise Invalid(faults)
    changed = {key: value for key, value in values.items() if value != subject.values.get(key)}
    if changed:
        content = _content(engine, subject, sheet, changed, labels)
        record_fact(session, engine, subject, identity, EVENT, content, now, edit.key)
        _store(session, engine, subject, changed)
        follow_dates(connection, engine, subject, now)
        settle(session, engine, subject, now)
    return subject


def may_edit(pipeline: Pipeline, subject: Subject, identity: Identity, sheet: str) -> bool:
    """Whether this person may change this sheet at the dossier's stage."""
    roles = pipeline.stage(subject.stage).editable.get(sheet, ())
    return identity.may_write and not subject.roles_of(identity.actor).isdisjoint(roles)


def require_editable(pipeline: Pipeline, subject: Subject, identity: Identity, key: str) -> Sheet:
    """The sheet, for whoever may change it now. Raises NotFound, SheetClosed, SheetReserved."""
    sheet = pipeline.sheet(key)
    if sheet is None:
        raise NotFound
    stage = pipeline.stage(subject.stage)
    if key not in stage.editable:
        raise SheetClosed(sheet=sheet.label, stage=stage.label)
    if not may_edit(pipeline, subject, identity, key):
        raise SheetReserved(sheet=sheet.label)
    return sheet


def _content(
    engine: Engine,
    subject: Subject,
    sheet: Sheet,
    changed: Mapping[str, Any],
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """What the journal keeps: each answer before and after, and the names behind references."""
    fields, types = engine.machine(subject).fields, engine.vocabulary.field_types
    before_after = {
        name: {
            "avant": types[fields[name].type].dump(subject.values.get(name)),
            "apres": types[fields[name].type].dump(value),
        }
        for name, value in changed.items()
    }
    content: dict[str, Any] = {"fiche": sheet.key, "changements": before_after}
    return {**content, "libelles": dict(labels)} if labels else content


def _store(session: Session, engine: Engine, subject: Subject, changed: Mapping[str, Any]) -> None:
    fields, types = engine.machine(subject).fields, engine.vocabulary.field_types
    columns = changed_columns(subject.row, changed, fields, types)
    store(session.connection(), engine, subject, columns)
