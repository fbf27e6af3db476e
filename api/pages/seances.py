"""Séances of the comités: planned, moved, read with their dossiers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page
from api.forms import Posted, RowId, key_of, version_of
from api.house import house_of
from api.pages.keeping import Back, Draw, keep_form, show_form, up_to_date
from api.presentation.fields import Asking
from api.presentation.seances import LIST, NEW, list_page, seance_form
from api.views.chrome import Flash
from api.visit import SignedIn, Writer
from grants.comites.chain import SEANCES
from grants.comites.seances import create_seance, modify_seance
from workflow.field_contract import Raw

router = APIRouter()
_PRESENT = "seances"


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
    return show_form(request, visit, _form(None))


@router.post(NEW)
def plan_seance(request: Request, visit: Writer, form: Posted) -> Response:
    """Plan a séance."""
    engine = house_of(request).engine

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        id = create_seance(session, engine, visit.identity, answers, visit.now, key_of(form))
        return f"{LIST}/{id}", Flash(text="La séance est prévue.")

    return keep_form(request, visit, form, _form(None), work)


@router.get(f"{LIST}/{{seance_id}}/modifier")
def edit_seance(request: Request, visit: Writer, seance_id: RowId) -> Response:
    """A séance as a form."""
    return show_form(request, visit, _form(seance_id))


@router.post(f"{LIST}/{{seance_id}}/modifier")
def change_seance(request: Request, visit: Writer, form: Posted, seance_id: RowId) -> Response:
    """Keep the changes of a séance."""
    engine = house_of(request).engine

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, engine, visit.identity, seance_id, answers)
        changed = modify_seance(*asked, visit.now, version_of(form))
        return f"{LIST}/{seance_id}", up_to_date("La séance est à jour.", changed=changed)

    return keep_form(request, visit, form, _form(seance_id), work)


def _form(id: int | None) -> Draw:
    def draw(asking: Asking, back: Back) -> object:
        place = (asking.connection, asking.organisme_id)
        row = None if id is None else SEANCES.read(*place, id)
        seen, key = back.seen(row, "lock_version"), back.key_for(row)
        return seance_form(asking, row, key=key, version=seen, conflict=back.conflict)

    return draw
