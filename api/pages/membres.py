"""The members of a comité: named, and their mandates changed."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, key_of, new_key, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.comites import LIST
from api.presentation.fields import Typed
from api.presentation.membres import membre_form
from api.views.chrome import Flash
from api.visit import Visit, Writer
from grants.comites.membres import modify_membre_of, name_membre
from workflow.dates import to_paris
from workflow.errors import Invalid, Stale

router = APIRouter()
_PRESENT = "seances"
_FORM = "pages/seances/formulaire.html"
_ONE = f"{LIST}/{{comite_id}}"
_NOTHING = Flash(text="Rien n’a changé.", tone="info")


@router.get(f"{_ONE}/membres/nouveau")
def new_membre(request: Request, visit: Writer, comite_id: RowId) -> Response:
    """The form that names a member."""
    return _membre(request, visit, (comite_id, None))


@router.post(f"{_ONE}/membres/nouveau")
def add_membre(request: Request, visit: Writer, form: Posted, comite_id: RowId) -> Response:
    """Name a member."""
    answers, key = answers_of(form), key_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            name_membre(session, visit.identity, comite_id, answers, visit.now, key)
    except Invalid as error:
        return _membre(request, visit, (comite_id, None), answers, error.faults, key=key)
    return redirect(request, f"{LIST}/{comite_id}", Flash(text="Le membre est nommé."))


@router.get(f"{_ONE}/membres/{{membre_id}}")
def edit_membre(request: Request, visit: Writer, comite_id: RowId, membre_id: RowId) -> Response:
    """A mandate as a form."""
    return _membre(request, visit, (comite_id, membre_id))


@router.post(f"{_ONE}/membres/{{membre_id}}")
def change_membre(
    request: Request, visit: Writer, form: Posted, comite_id: RowId, membre_id: RowId
) -> Response:
    """Keep the changes of a mandate."""
    answers, version = answers_of(form), version_of(form)
    place = (comite_id, membre_id)
    try:
        with house_of(request).database.unit_of_work() as session:
            asked = (session, visit.identity, place, answers, visit.now, version)
            changed = modify_membre_of(*asked)
    except Invalid as error:
        return _membre(request, visit, place, answers, error.faults, version=version)
    except Stale as error:
        return _membre(request, visit, place, answers, conflict=str(error))
    said = Flash(text="Le mandat est à jour.") if changed else _NOTHING
    return redirect(request, f"{LIST}/{comite_id}", said)


def _membre(
    request: Request,
    visit: Visit,
    place: tuple[int, int | None],
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
        shown = key or (new_key() if place[1] is None else "")
        today = to_paris(visit.now).date()
        view = membre_form(asking, place, today, key=shown, version=version, conflict=conflict)
    status = 409 if conflict else 422 if faults else 200
    return page(request, visit, _FORM, view, present=_PRESENT, status=status)
