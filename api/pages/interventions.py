"""Interventions: noted in one line, seen by weeks, listed, exported, corrected, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.exports.interventions import interventions_file
from api.forms import Posted, RowId, key_of, only, version_of
from api.house import House, house_of
from api.pages.asking import answers_of, ask
from api.presentation.dossier import dossier_page
from api.presentation.dossier_forms import Looking
from api.presentation.fields import Typed
from api.presentation.intervention_list import AFTER, list_page, read_looked, row_id
from api.presentation.interventions import (
    HOME,
    LIST,
    SCOPE,
    intervention_page,
    monday_of,
    week_of_line,
    week_page,
)
from api.undo import undoable, undoing
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.interventions.queries import Line, one_line
from grants.interventions.service import (
    NewIntervention,
    correct_intervention,
    log_intervention,
    read_row,
    take_back_intervention,
    told,
)
from workflow.dates import DateFault, parse_date, to_paris
from workflow.errors import Invalid, NotFound, Stale

router = APIRouter()
PRESENT = "interventions"
_ONE, _NOTED = f"{HOME}/{{intervention_id}}", "intervention_notee"
_NOT_SHARED = "private, no-cache"


@router.get(HOME)
def week(request: Request, visit: SignedIn) -> Response:
    """A week of somebody, under the line that notes an intervention."""
    return _week(request, visit)


@router.post(HOME)
def note_intervention(request: Request, visit: Writer, form: Posted) -> Response:
    """Note the time that was spent; ten seconds to take it back."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            new = NewIntervention(answers, key=key_of(form))
            id = log_intervention(session, house.engine, visit.identity, new, visit.now)
            row = read_row(session.connection(), visit.identity.organisme_id, id)
            line = _line(session, visit, id)
    except Invalid as error:
        return _week(request, visit, answers, error.faults)
    back = week_of_line(line, again=True)
    word = undoable(request, visit, _NOTED, {"id": id, "version": row["seq"]}, back)
    said = Flash(text=f"{line.structure or line.reference} : {told(row)}.", undo=word)
    return redirect(request, back, said)


@router.post("/dossiers/{dossier_id}/interventions")
def note_on_dossier(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Note the time that was spent on a dossier."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            new = NewIntervention(answers, dossier_id, key_of(form))
            log_intervention(session, house.engine, visit.identity, new, visit.now)
    except Invalid as error:
        looking = Looking(time_typed=answers, time_faults=error.faults)
        with house.database.reading() as session:
            view = dossier_page(
                session.connection(), house.engine, visit.identity, dossier_id, visit.now, looking
            )
        return page(request, visit, "pages/dossier/dossier.html", view, status=422)
    said = Flash(text="L’intervention est notée.")
    return redirect(request, f"/dossiers/{dossier_id}#interventions", said)


@router.get(LIST)
def interventions(request: Request, visit: SignedIn) -> Response:
    """The list, narrowed by the address."""
    house, query = house_of(request), request.query_params
    with house.database.reading() as session:
        asking = ask(house, session, visit)
        looked = read_looked(asking.connection, house.engine, asking.organisme_id, query)
        view = list_page(asking, visit.identity, looked, row_id(query.get(AFTER, "")))
    return page(request, visit, "pages/interventions/liste.html", view, present=PRESENT)


@router.get(f"{HOME}/export.xlsx")
def workbook(request: Request, visit: SignedIn) -> Response:
    """What is filtered, as a workbook."""
    return _file(request, visit, "xlsx")


@router.get(f"{HOME}/export.csv")
def table(request: Request, visit: SignedIn) -> Response:
    """What is filtered, as a CSV file."""
    return _file(request, visit, "csv")


@router.get(_ONE)
def edit_intervention(request: Request, visit: Writer, intervention_id: RowId) -> Response:
    """One intervention as a form."""
    return _form(request, visit, intervention_id)


@router.post(f"{_ONE}/corriger")
def change_intervention(
    request: Request, visit: Writer, form: Posted, intervention_id: RowId
) -> Response:
    """Say otherwise what was done."""
    house, answers, version = house_of(request), answers_of(form), version_of(form)
    work = (house.engine, visit.identity, intervention_id, answers, visit.now, version)
    try:
        with house.database.unit_of_work() as session:
            changed = correct_intervention(session, *work)
            line = _line(session, visit, intervention_id)
    except Invalid as error:
        return _form(request, visit, intervention_id, answers, error.faults, version=version)
    except Stale as error:
        return _form(request, visit, intervention_id, answers, conflict=str(error))
    text = "L’intervention est corrigée." if changed else "Rien n’a changé."
    return redirect(request, week_of_line(line), Flash(text=text))


@router.post(f"{_ONE}/retirer")
def take_back(request: Request, visit: Writer, form: Posted, intervention_id: RowId) -> Response:
    """It counts no more; its journal keeps it."""
    only(form)
    house, version = house_of(request), version_of(form)
    where = HOME
    try:
        with house.database.unit_of_work() as session:
            line = one_line(session.connection(), visit.identity.organisme_id, intervention_id)
            where = week_of_line(line) if line else HOME
            work = (session, house.engine, visit.identity, intervention_id, visit.now, version)
            done = take_back_intervention(*work)
    except Stale as error:
        return _form(request, visit, intervention_id, conflict=str(error))
    text = "L’intervention est retirée." if done else "Elle était déjà retirée."
    return redirect(request, where, Flash(text=text))


@undoing(_NOTED)
def _not_noted(session: Session, house: House, visit: Visit, content: Mapping[str, Any]) -> str:
    work = (session, house.engine, visit.identity, content["id"], visit.now)
    try:
        take_back_intervention(*work, content["version"])
    except Stale:
        return "L’intervention a été corrigée depuis : elle reste comme elle est."
    return "L’intervention n’est plus notée."


def _week(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    house, query = house_of(request), request.query_params
    today = to_paris(visit.now).date()
    monday = monday_of(_day(query.get("semaine", "")) or today)
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults, scope=SCOPE)
        qui = row_id(query.get("qui", ""))
        day = _day(query.get("le", ""))
        view = week_page(asking, visit.identity, qui, monday, visit.now, day)
    status = 422 if faults else 200
    return page(
        request, visit, "pages/interventions/semaine.html", view, present=PRESENT, status=status
    )


def _form(
    request: Request,
    visit: Visit,
    id: int,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    *,
    version: int | None = None,
    conflict: str = "",
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults, scope=SCOPE)
        row = read_row(asking.connection, asking.organisme_id, id)
        line = _line(session, visit, id)
        view = intervention_page(asking, row, line, version=version, conflict=conflict)
    status = 409 if conflict else 422 if faults else 200
    template = "pages/interventions/intervention.html"
    return page(request, visit, template, view, present=PRESENT, status=status)


def _file(request: Request, visit: Visit, ending: str) -> Response:
    """The file. Raises Invalid for an address that cannot be read."""
    house, organisme_id = house_of(request), visit.identity.organisme_id
    with house.database.reading() as session:
        query = request.query_params
        looked = read_looked(session.connection(), house.engine, organisme_id, query)
    if looked.faults:
        raise Invalid(looked.faults)
    today = to_paris(visit.now).date()
    return interventions_file(house, organisme_id, looked.kept, ending, today, _NOT_SHARED)


def _line(session: Session, visit: Visit, id: int) -> Line:
    line = one_line(session.connection(), visit.identity.organisme_id, id)
    if line is None:
        raise NotFound
    return line


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except DateFault:
        return None
