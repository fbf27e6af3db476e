"""Comités: who sits in them, and under which rules they vote."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page
from api.forms import Posted, RowId, key_of, version_of
from api.house import house_of
from api.pages.asking import ask
from api.pages.keeping import Back, Draw, keep_form, show_form, up_to_date
from api.presentation.comites import LIST, NEW, comite_form, comite_page, comites_page
from api.presentation.fields import Asking
from api.views.chrome import Flash
from api.visit import Direction, SignedIn
from grants.comites.instances import COMITES_LEDGER, create_comite, modify_comite
from workflow.field_contract import Raw

router = APIRouter()
_PRESENT = "seances"
_ONE = f"{LIST}/{{comite_id}}"


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
    return show_form(request, visit, _form(None))


@router.post(NEW)
def add_comite(request: Request, visit: Direction, form: Posted) -> Response:
    """Create a comité."""

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        id = create_comite(session, visit.identity, answers, visit.now, key_of(form))
        return f"{LIST}/{id}", Flash(text="Le comité est créé.")

    return keep_form(request, visit, form, _form(None), work)


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
    return show_form(request, visit, _form(comite_id))


@router.post(f"{_ONE}/modifier")
def change_comite(request: Request, visit: Direction, form: Posted, comite_id: RowId) -> Response:
    """Keep the changes of a comité."""

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, visit.identity, comite_id, answers, visit.now, version_of(form))
        changed = modify_comite(*asked)
        return f"{LIST}/{comite_id}", up_to_date("Le comité est à jour.", changed=changed)

    return keep_form(request, visit, form, _form(comite_id), work)


def _form(id: int | None) -> Draw:
    def draw(asking: Asking, back: Back) -> object:
        place = (asking.connection, asking.organisme_id)
        row = None if id is None else COMITES_LEDGER.read(*place, id)
        shown = {"key": back.key_for(row), "version": back.seen(row), "conflict": back.conflict}
        return comite_form(asking, row, **shown)

    return draw
