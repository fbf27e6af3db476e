"""Tâches: given from *Aujourd'hui* or from a dossier, done in one click, taken back, changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect, safe_local
from api.forms import Form, Posted, RowId, key_of, one, only, version_of
from api.house import House, house_of
from api.pages.asking import answers_of, ask
from api.pages.aujourdhui import PRESENT, SCOPE, show_today
from api.presentation.dossier import dossier_page
from api.presentation.dossier_forms import Looking
from api.presentation.fields import Typed
from api.presentation.taches import HOME, task_page
from api.undo import undoable, undoing
from api.views.chrome import Flash, Link
from api.visit import Visit, Writer
from grants.dossiers.reading import read_subject
from grants.dossiers.taches.service import (
    NewTask,
    create_task,
    finish_task,
    modify_task,
    read_task,
    reopen_task,
)
from workflow.errors import Invalid, Stale

router = APIRouter()
_BACK = "retour"
_DONE = "tache_faite"


@router.post("/taches")
def new_task(request: Request, visit: Writer, form: Posted) -> Response:
    """Give a tâche, to oneself or to a colleague."""
    answers = answers_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            task = NewTask(answers, key=key_of(form))
            create_task(session, house_of(request).engine, visit.identity, task, visit.now)
    except Invalid as error:
        return show_today(request, visit, answers, error.faults)
    return redirect(request, HOME, Flash(text="La tâche est ajoutée."))


@router.post("/dossiers/{dossier_id}/taches")
def new_task_of_dossier(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId
) -> Response:
    """Give a tâche that hangs on a dossier."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            task = NewTask(answers, dossier_id, key_of(form))
            create_task(session, house.engine, visit.identity, task, visit.now)
    except Invalid as error:
        looking = Looking(tache_typed=answers, tache_faults=error.faults)
        with house.database.reading() as session:
            view = dossier_page(
                session.connection(), house.engine, visit.identity, dossier_id, visit.now, looking
            )
        return page(request, visit, "pages/dossier/dossier.html", view, status=422)
    said = Flash(text="La tâche est ajoutée.")
    return redirect(request, f"/dossiers/{dossier_id}#taches", said)


@router.get("/taches/{task_id}")
def edit_task(request: Request, visit: Writer, task_id: RowId) -> Response:
    """One tâche as a form."""
    return _task(request, visit, task_id)


@router.post("/taches/{task_id}")
def change_task(request: Request, visit: Writer, form: Posted, task_id: RowId) -> Response:
    """Say it otherwise, give it to somebody else, put it off."""
    house, answers, version = house_of(request), answers_of(form), version_of(form)
    try:
        with house.database.unit_of_work() as session:
            changed = modify_task(
                session, house.engine, visit.identity, task_id, answers, visit.now, version
            )
    except Invalid as error:
        return _task(request, visit, task_id, answers, error.faults)
    except Stale as error:
        return _task(request, visit, task_id, answers, conflict=str(error))
    said = Flash(text="La tâche est à jour." if changed else "Rien n'a changé.")
    return redirect(request, HOME, said)


@router.post("/taches/{task_id}/faite")
def finish(request: Request, visit: Writer, form: Posted, task_id: RowId) -> Response:
    """It is done; ten seconds to take it back."""
    house, back = house_of(request), _back(form)
    with house.database.unit_of_work() as session:
        done = finish_task(session, house.engine, visit.identity, task_id, visit.now)
    if not done.changed:
        return redirect(request, back, Flash(text=f"« {done.titre} » était déjà faite."))
    content = {"tache": done.id, "faite_le": done.at.isoformat()}
    word = undoable(request, visit, _DONE, content, back)
    return redirect(request, back, Flash(text=f"« {done.titre} » : c'est fait.", undo=word))


@router.post("/taches/{task_id}/rouvrir")
def reopen(request: Request, visit: Writer, form: Posted, task_id: RowId) -> Response:
    """It is to be done after all, however long ago it was done."""
    house, back = house_of(request), _back(form)
    with house.database.unit_of_work() as session:
        opened = reopen_task(session, house.engine, visit.identity, task_id, visit.now)
    return redirect(request, back, Flash(text=_reopened(opened.titre, opened.changed)))


@undoing(_DONE)
def _not_done(session: Session, house: House, visit: Visit, content: Mapping[str, Any]) -> str:
    done_at = datetime.fromisoformat(content["faite_le"])
    opened = reopen_task(
        session, house.engine, visit.identity, content["tache"], visit.now, done_at
    )
    return _reopened(opened.titre, opened.changed)


def _reopened(titre: str, changed: bool) -> str:
    return (
        f"« {titre} » est de nouveau à faire." if changed else f"« {titre} » était déjà rouverte."
    )


def _back(form: Form) -> str:
    """The page where the button was."""
    only(form, _BACK)
    where = safe_local(one(form, _BACK))
    return HOME if where == "/" else where


def _task(
    request: Request,
    visit: Visit,
    task_id: int,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    conflict: str = "",
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults, scope=SCOPE)
        row = read_task(asking.connection, asking.organisme_id, task_id)
        dossier = None
        if row["dossier_id"] is not None:
            subject = read_subject(
                asking.connection, house.engine, asking.organisme_id, row["dossier_id"], lock=False
            )
            label = f"{subject.row['reference']} {subject.row['titre']}".strip()
            dossier = Link(label=label, url=f"/dossiers/{subject.id}#taches")
        view = task_page(asking, row, dossier, conflict=conflict)
    status = 409 if conflict else 422 if faults else 200
    template = "pages/taches/tache.html"
    return page(request, visit, template, view, present=PRESENT, status=status)
