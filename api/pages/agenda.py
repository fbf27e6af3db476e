"""The agenda: a month on screen, and the personal link that a calendar reads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, one, only
from api.house import house_of
from api.presentation.agenda import AGENDA, agenda_page, read_shown
from api.views.chrome import Flash
from api.visit import SignedIn, Visit
from grants.relances.feed import PORTEES, end_link, make_link
from workflow.dates import to_paris
from workflow.errors import Invalid

router = APIRouter()
_PRESENT = "aujourdhui"


@router.get(AGENDA)
def shown(request: Request, visit: SignedIn) -> Response:
    """A month of the agenda."""
    return _page(request, visit)


@router.post(f"{AGENDA}/lien")
def new_link(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Make one's personal link: it is on this one answer only."""
    only(form, "portee")
    house, portee = house_of(request), one(form, "portee")
    if portee not in PORTEES:
        raise Invalid({"portee": f"Choisissez : {', '.join(PORTEES.values())}."})
    with house.database.unit_of_work() as session:
        secret = make_link(session, visit.identity, portee, visit.now)
    return _page(request, visit, f"{house.settings.address}{AGENDA}/{secret}.ics")


@router.post(f"{AGENDA}/lien/retirer")
def no_link(request: Request, visit: SignedIn, form: Posted) -> Response:
    """The personal link opens nothing any more."""
    only(form)
    with house_of(request).database.unit_of_work() as session:
        end_link(session, visit.identity, visit.now)
    return redirect(request, AGENDA, Flash(text="Le lien ne sert plus."))


def _page(request: Request, visit: Visit, secret_url: str = "") -> Response:
    house = house_of(request)
    asked = read_shown(dict(request.query_params), house.engine, to_paris(visit.now).date())
    with house.database.reading() as session:
        view = agenda_page(session.connection(), house.engine, visit, asked, secret_url)
    answer = page(request, visit, "pages/agenda/agenda.html", view, present=_PRESENT)
    if secret_url:
        answer.headers["Cache-Control"] = "no-store"
    return answer
