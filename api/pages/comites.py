"""Comités: who sits in them, and under which rules they vote."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, key_of, new_key, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.comites import LIST, NEW, comite_form, comite_page, comites_page
from api.presentation.fields import Typed
from api.views.chrome import Flash
from api.visit import Direction, SignedIn, Visit
from grants.comites.instances import COMITES_LEDGER, create_comite, modify_comite
from workflow.errors import Invalid, Stale

router = APIRouter()
_PRESENT = "seances"
_FORM = "pages/seances/formulaire.html"
_ONE = f"{LIST}/{{comite_id}}"
_NOTHING = Flash(text="Rien n’a changé.", tone="info")


@router.get(LIST)
def comites(request: Request, visit: SignedIn) -> Response:
    """Every comité."""
    house = house_of(request)
    with house.database.reading() as session:
        view = comites_page(ask(house, session, visit), visit)
    return page(request, visit, "pages/comites/liste.html", view, present=_PRESENT)


@router.get(NEW)
def new_comite(request: Request, visit: Direction) -> Response:
    """The form of a new comité."""
    return _form(request, visit, None)


@router.post(NEW)
def add_comite(request: Request, visit: Direction, form: Posted) -> Response:
    """Create a comité."""
    answers, key = answers_of(form), key_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            id = create_comite(session, visit.identity, answers, visit.now, key)
    except Invalid as error:
        return _form(request, visit, None, answers, error.faults, key=key)
    return redirect(request, f"{LIST}/{id}", Flash(text="Le comité est créé."))


@router.get(_ONE)
def comite(request: Request, visit: SignedIn, comite_id: RowId) -> Response:
    """A comité and its members."""
    house = house_of(request)
    with house.database.reading() as session:
        view = comite_page(ask(house, session, visit), visit, comite_id)
    return page(request, visit, "pages/comites/comite.html", view, present=_PRESENT)


@router.get(f"{_ONE}/modifier")
def edit_comite(request: Request, visit: Direction, comite_id: RowId) -> Response:
    """A comité and its rules as a form."""
    return _form(request, visit, comite_id)


@router.post(f"{_ONE}/modifier")
def change_comite(request: Request, visit: Direction, form: Posted, comite_id: RowId) -> Response:
    """Keep the changes of a comité."""
    answers, version = answers_of(form), version_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            changed = modify_comite(session, visit.identity, comite_id, answers, visit.now, version)
    except Invalid as error:
        return _form(request, visit, comite_id, answers, error.faults, version=version)
    except Stale as error:
        return _form(request, visit, comite_id, answers, conflict=str(error))
    said = Flash(text="Le comité est à jour.") if changed else _NOTHING
    return redirect(request, f"{LIST}/{comite_id}", said)


def _form(
    request: Request,
    visit: Visit,
    id: int | None,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    *,
    key: str | None = None,
    version: int | None = None,
    conflict: str = "",
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults)
        row = None
        if id is not None:
            row = COMITES_LEDGER.read(session.connection(), visit.identity.organisme_id, id)
        seen = row["seq"] if row is not None and version is None else version
        shown = key or (new_key() if row is None else "")
        view = comite_form(asking, row, key=shown, version=seen, conflict=conflict)
    status = 409 if conflict else 422 if faults else 200
    return page(request, visit, _FORM, view, present=_PRESENT, status=status)
