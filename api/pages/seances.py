"""Séances of the comités: planned, moved, read with their dossiers."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, key_of, new_key, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.fields import Typed
from api.presentation.seances import LIST, NEW, list_page, seance_form
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.comites.chain import SEANCES
from grants.comites.seances import create_seance, modify_seance
from workflow.errors import Invalid, Stale

router = APIRouter()
_PRESENT = "seances"
_FORM = "pages/seances/formulaire.html"


@router.get(LIST)
def seances(request: Request, visit: SignedIn) -> Response:
    """The séances to come, then those held."""
    house = house_of(request)
    with house.database.reading() as session:
        view = list_page(session.connection(), house.engine, visit)
    return page(request, visit, "pages/seances/liste.html", view, present=_PRESENT)


@router.get(NEW)
def new_seance(request: Request, visit: Writer) -> Response:
    """The empty form."""
    house = house_of(request)
    with house.database.reading() as session:
        view = seance_form(ask(house, session, visit), None, key=new_key())
    return page(request, visit, _FORM, view, present=_PRESENT)


@router.post(NEW)
def plan_seance(request: Request, visit: Writer, form: Posted) -> Response:
    """Plan a séance."""
    house, answers, key = house_of(request), answers_of(form), key_of(form)
    try:
        with house.database.unit_of_work() as session:
            id = create_seance(session, house.engine, visit.identity, answers, visit.now, key)
    except Invalid as error:
        with house.database.reading() as session:
            asking = ask(house, session, visit, answers, error.faults)
            view = seance_form(asking, None, key=key or new_key())
        return page(request, visit, _FORM, view, present=_PRESENT, status=422)
    return redirect(request, f"{LIST}/{id}", Flash(text="La séance est prévue."))


@router.get(f"{LIST}/{{seance_id}}/modifier")
def edit_seance(request: Request, visit: Writer, seance_id: RowId) -> Response:
    """A séance as a form."""
    return _edited(request, visit, seance_id)


@router.post(f"{LIST}/{{seance_id}}/modifier")
def change_seance(request: Request, visit: Writer, form: Posted, seance_id: RowId) -> Response:
    """Keep the changes of a séance."""
    house, answers, version = house_of(request), answers_of(form), version_of(form)
    try:
        with house.database.unit_of_work() as session:
            changed = modify_seance(
                session, house.engine, visit.identity, seance_id, answers, visit.now, version
            )
    except Invalid as error:
        return _edited(request, visit, seance_id, answers, error.faults, version)
    except Stale as error:
        return _edited(request, visit, seance_id, answers, conflict=str(error))
    said = Flash(text="La séance est à jour.")
    if not changed:
        said = Flash(text="Rien n'a changé dans la séance.", tone="info")
    return redirect(request, f"{LIST}/{seance_id}", said)


def _edited(
    request: Request,
    visit: Visit,
    id: int,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    version: int | None = None,
    conflict: str = "",
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        row = SEANCES.read(session.connection(), visit.identity.organisme_id, id)
        asking = ask(house, session, visit, typed, faults)
        seen = row["lock_version"] if version is None else version
        view = seance_form(asking, row, version=seen, conflict=conflict)
    status = 409 if conflict else 422 if faults else 200
    return page(request, visit, _FORM, view, present=_PRESENT, status=status)
