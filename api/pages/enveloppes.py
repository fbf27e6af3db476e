"""Enveloppes: read by everybody, set by the direction."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, key_of, new_key, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.enveloppes import LIST, NEW, envelope_form, envelopes_page
from api.presentation.fields import Typed
from api.views.chrome import Flash
from api.visit import Direction, SignedIn, Visit
from grants.finances.enveloppes import ENVELOPPES, modify_enveloppe, open_enveloppe
from workflow.errors import Invalid, Stale

router = APIRouter()
_PRESENT = "seances"
_ONE = f"{LIST}/{{enveloppe_id}}"


@router.get(LIST)
def enveloppes(request: Request, visit: SignedIn) -> Response:
    """Every enveloppe, and what is left of it."""
    house = house_of(request)
    with house.database.reading() as session:
        view = envelopes_page(ask(house, session, visit), visit)
    return page(request, visit, "pages/comites/enveloppes.html", view, present=_PRESENT)


@router.get(NEW)
def new_enveloppe(request: Request, visit: Direction) -> Response:
    """The form of a new enveloppe."""
    return _form(request, visit, None)


@router.post(NEW)
def add_enveloppe(request: Request, visit: Direction, form: Posted) -> Response:
    """Open an enveloppe."""
    house, answers, key = house_of(request), answers_of(form), key_of(form)
    try:
        with house.database.unit_of_work() as session:
            open_enveloppe(session, house.engine, visit.identity, answers, visit.now, key)
    except Invalid as error:
        return _form(request, visit, None, answers, error.faults, key=key)
    return redirect(request, LIST, Flash(text="L’enveloppe est ouverte."))


@router.get(_ONE)
def edit_enveloppe(request: Request, visit: Direction, enveloppe_id: RowId) -> Response:
    """An enveloppe as a form."""
    return _form(request, visit, enveloppe_id)


@router.post(_ONE)
def change_enveloppe(
    request: Request, visit: Direction, form: Posted, enveloppe_id: RowId
) -> Response:
    """Keep the changes of an enveloppe."""
    house, answers, version = house_of(request), answers_of(form), version_of(form)
    try:
        with house.database.unit_of_work() as session:
            asked = (session, house.engine, visit.identity, enveloppe_id)
            changed = modify_enveloppe(*asked, answers, visit.now, version)
    except Invalid as error:
        return _form(request, visit, enveloppe_id, answers, error.faults, version=version)
    except Stale as error:
        return _form(request, visit, enveloppe_id, answers, conflict=str(error))
    said = "L’enveloppe est à jour." if changed else "Rien n’a changé."
    return redirect(request, LIST, Flash(text=said))


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
            row = ENVELOPPES.read(session.connection(), visit.identity.organisme_id, id)
        seen = row["seq"] if row is not None and version is None else version
        shown = key or (new_key() if row is None else "")
        view = envelope_form(asking, visit, row, key=shown, version=seen, conflict=conflict)
    status = 409 if conflict else 422 if faults else 200
    template = "pages/seances/formulaire.html"
    return page(request, visit, template, view, present=_PRESENT, status=status)
