"""The members of a comité: named, and their mandates changed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.forms import Posted, RowId, key_of, version_of
from api.pages.keeping import Back, Draw, keep_form, show_form, up_to_date
from api.presentation.comites import LIST
from api.presentation.fields import Asking
from api.presentation.membres import membre_form
from api.views.chrome import Flash
from api.visit import Visit, Writer
from grants.comites.membres import modify_membre_of, name_membre
from workflow.dates import to_paris
from workflow.field_contract import Raw

router = APIRouter()
_ONE = f"{LIST}/{{comite_id}}"


@router.get(f"{_ONE}/membres/nouveau")
def new_membre(request: Request, visit: Writer, comite_id: RowId) -> Response:
    """The form that names a member."""
    return show_form(request, visit, _form(visit, (comite_id, None)))


@router.post(f"{_ONE}/membres/nouveau")
def add_membre(request: Request, visit: Writer, form: Posted, comite_id: RowId) -> Response:
    """Name a member."""

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        name_membre(session, visit.identity, comite_id, answers, visit.now, key_of(form))
        return f"{LIST}/{comite_id}", Flash(text="Le membre est nommé.")

    return keep_form(request, visit, form, _form(visit, (comite_id, None)), work)


@router.get(f"{_ONE}/membres/{{membre_id}}")
def edit_membre(request: Request, visit: Writer, comite_id: RowId, membre_id: RowId) -> Response:
    """A mandate as a form."""
    return show_form(request, visit, _form(visit, (comite_id, membre_id)))


@router.post(f"{_ONE}/membres/{{membre_id}}")
def change_membre(
    request: Request, visit: Writer, form: Posted, comite_id: RowId, membre_id: RowId
) -> Response:
    """Keep the changes of a mandate."""
    place = (comite_id, membre_id)

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, visit.identity, place, answers, visit.now, version_of(form))
        changed = modify_membre_of(*asked)
        return f"{LIST}/{comite_id}", up_to_date("Le mandat est à jour.", changed=changed)

    return keep_form(request, visit, form, _form(visit, place), work)


def _form(visit: Visit, place: tuple[int, int | None]) -> Draw:
    def draw(asking: Asking, back: Back) -> object:
        today, key = to_paris(visit.now).date(), back.key_for(place[1])
        more = {"key": key, "version": back.version, "conflict": back.conflict}
        return membre_form(asking, place, today, **more)

    return draw
