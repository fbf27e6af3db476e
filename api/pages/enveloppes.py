"""Enveloppes: read by everybody, set by the direction."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page
from api.forms import Posted, RowId, key_of, version_of
from api.house import house_of
from api.pages.asking import ask
from api.pages.keeping import Back, Draw, keep_form, show_form, up_to_date
from api.presentation.enveloppes import LIST, NEW, envelope_form, envelopes_page
from api.presentation.fields import Asking
from api.views.chrome import Flash
from api.visit import Direction, SignedIn, Visit
from grants.finances.enveloppes import ENVELOPPES, modify_enveloppe, open_enveloppe
from workflow.field_contract import Raw

router = APIRouter()
_ONE = f"{LIST}/{{enveloppe_id}}"


@router.get(LIST)
def enveloppes(request: Request, visit: SignedIn) -> Response:
    """Every enveloppe, and what is left of it."""
    house = house_of(request)
    with house.database.reading() as session:
        view = envelopes_page(ask(house, session, visit), visit)
    return page(request, visit, "pages/comites/enveloppes.html", view, present="seances")


@router.get(NEW)
def new_enveloppe(request: Request, visit: Direction) -> Response:
    """The form of a new enveloppe."""
    return show_form(request, visit, _form(visit, None))


@router.post(NEW)
def add_enveloppe(request: Request, visit: Direction, form: Posted) -> Response:
    """Open an enveloppe."""
    engine = house_of(request).engine

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        open_enveloppe(session, engine, visit.identity, answers, visit.now, key_of(form))
        return LIST, Flash(text="L’enveloppe est ouverte.")

    return keep_form(request, visit, form, _form(visit, None), work)


@router.get(_ONE)
def edit_enveloppe(request: Request, visit: Direction, enveloppe_id: RowId) -> Response:
    """An enveloppe as a form."""
    return show_form(request, visit, _form(visit, enveloppe_id))


@router.post(_ONE)
def change_enveloppe(
    request: Request, visit: Direction, form: Posted, enveloppe_id: RowId
) -> Response:
    """Keep the changes of an enveloppe."""
    engine = house_of(request).engine

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, engine, visit.identity, enveloppe_id)
        changed = modify_enveloppe(*asked, answers, visit.now, version_of(form))
        return LIST, up_to_date("L’enveloppe est à jour.", changed=changed)

    return keep_form(request, visit, form, _form(visit, enveloppe_id), work)


def _form(visit: Visit, id: int | None) -> Draw:
    def draw(asking: Asking, back: Back) -> object:
        place = (asking.connection, asking.organisme_id)
        row = None if id is None else ENVELOPPES.read(*place, id)
        shown = {"key": back.key_for(row), "version": back.seen(row), "conflict": back.conflict}
        return envelope_form(asking, visit, row, **shown)

    return draw
