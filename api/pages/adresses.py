"""Addresses written to no more: their list, one more, one less."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, one, only
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.adresses import ADRESSES, LIFT, addresses_page
from api.presentation.fields import Typed
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.relances.adresses import ADRESSE, stop_writing, write_again
from workflow.errors import Invalid

router = APIRouter()
_BACK = "retour"
#: The screens of a person, from where an address is written to again.
_SCREENS = re.compile(
    r"/(?:courriers|dossiers|structures)/[0-9]{1,18}(?:/porteur|/contacts/[0-9]{1,18})?"
)


@router.get(ADRESSES)
def listed(request: Request, visit: SignedIn) -> Response:
    """The addresses that the organisme writes to no more."""
    named = request.query_params.get(ADRESSE.key)
    return _page(request, visit, {ADRESSE.key: named} if named else None)


@router.post(ADRESSES)
def stop(request: Request, visit: Writer, form: Posted) -> Response:
    """Note that somebody asked not to be written to any more."""
    house, typed = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            new = stop_writing(session, house.engine, visit.identity, typed, visit.now)
    except Invalid as error:
        return _page(request, visit, typed, error)
    said = "C’est noté : on n’y écrira plus." if new else "On n’y écrivait déjà plus."
    return redirect(request, ADRESSES, Flash(text=said))


@router.post(LIFT)
def again(request: Request, visit: Writer, form: Posted) -> Response:
    """Write to an address again."""
    only(form, ADRESSE.key, _BACK)
    house, asked = house_of(request), {ADRESSE.key: one(form, ADRESSE.key)}
    try:
        with house.database.unit_of_work() as session:
            new = write_again(session, house.engine, visit.identity, asked, visit.now)
    except Invalid as error:
        return _page(request, visit, asked, error)
    typed = one(form, _BACK)
    said = "On écrit de nouveau à cette adresse." if new else "On y écrivait déjà."
    return redirect(request, typed if _SCREENS.fullmatch(typed) else ADRESSES, Flash(text=said))


def _page(
    request: Request, visit: Visit, typed: Typed | None = None, error: Invalid | None = None
) -> Response:
    house = house_of(request)
    faults = error.faults if error else {}
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults, scope="arret")
        after = request.query_params.get("apres", "")
        view = addresses_page(session.connection(), visit, asking, after)
    template = "pages/courriers/adresses.html"
    return page(request, visit, template, view, present="courriers", status=422 if error else 200)
