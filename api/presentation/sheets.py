"""The sheets of a dossier: labelled values, or the form of the one being changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from api.presentation.drafts import NO_DRAFTS, Drafts, draft_view, sheet_form
from api.presentation.fields import Asking, Typed, is_long, questions
from api.views.sheets import Entry, SheetForm, SheetView
from grants.dossiers.sheets import may_edit
from grants.organisation.identity import Identity
from grants.organisation.roles import PIPELINE_ROLES
from workflow.engine import Engine
from workflow.pipeline import Pipeline, Sheet
from workflow.subject import Subject


@dataclass(frozen=True, slots=True)
class EditedSheet:
    """The sheet shown as a form; `typed` when it came back with faults or a conflict."""

    key: str
    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


def sheet_views(
    asking: Asking,
    pipeline: Pipeline,
    subject: Subject,
    identity: Identity,
    edited: EditedSheet | None = None,
    drafts: Drafts = NO_DRAFTS,
) -> tuple[SheetView, ...]:
    """The sheets that this stage opens first, then those that hold answers already."""
    stage = pipeline.stage(subject.stage)
    shown = [
        sheet
        for sheet in pipeline.sheets
        if sheet.key in stage.editable or _has_answers(sheet, subject)
    ]
    return tuple(
        _view(asking, pipeline, subject, identity, sheet, edited, drafts) for sheet in shown
    )


def _view(
    asking: Asking,
    pipeline: Pipeline,
    subject: Subject,
    identity: Identity,
    sheet: Sheet,
    edited: EditedSheet | None,
    drafts: Drafts,
) -> SheetView:
    mine = may_edit(pipeline, subject, identity, sheet.key)
    roles = pipeline.stage(subject.stage).editable.get(sheet.key, ())
    address = f"/dossiers/{subject.id}"
    form = None
    if edited is not None and edited.key == sheet.key and mine:
        form = _form(asking, subject, sheet, edited, drafts)
    draft = drafts.get(sheet_form(sheet.key)) if mine and form is None else None
    return SheetView(
        key=sheet.key,
        title=sheet.label,
        help=sheet.help if mine else "",
        entries=_entries(asking.engine, sheet, subject),
        edit_url=f"{address}?fiche={sheet.key}" if mine else None,
        editable_by="" if mine else _listed(roles),
        form=form,
        draft=draft_view(subject, sheet_form(sheet.key), draft) if draft else None,
    )


def _form(
    asking: Asking, subject: Subject, sheet: Sheet, edited: EditedSheet, drafts: Drafts
) -> SheetForm:
    name, address = sheet_form(sheet.key), f"/dossiers/{subject.id}"
    # What has just been sent is newer than what was kept before.
    draft = drafts.get(name) if edited.typed is None else None
    here = Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope=sheet.key,
        typed=draft.answers if draft else edited.typed,
        faults=edited.faults,
    )
    return SheetForm(
        url=f"{address}/fiches/{sheet.key}",
        cancel_url=address,
        fields=questions(here, sheet.fields, subject.values),
        lock_version=subject.lock_version,
        idempotency_key=uuid4().hex,
        draft=draft_view(subject, name, draft),
    )


def _entries(engine: Engine, sheet: Sheet, subject: Subject) -> tuple[Entry, ...]:
    types = engine.vocabulary.field_types
    return tuple(
        Entry(
            label=each.label,
            value=""
            if subject.values.get(each.key) is None
            else types[each.type].display(subject.values[each.key], each),
            missing=each.required and subject.values.get(each.key) is None,
            wide=is_long(each.type),
        )
        for each in sheet.fields
    )


def _has_answers(sheet: Sheet, subject: Subject) -> bool:
    return any(subject.values.get(each.key) not in (None, "") for each in sheet.fields)


def _listed(roles: tuple[str, ...]) -> str:
    return " ou ".join(PIPELINE_ROLES.get(role, role).lower() for role in roles)
