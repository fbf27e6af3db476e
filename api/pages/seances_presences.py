"""Who is at a séance: the roll called, those who come and go, who presides."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import redirect
from api.forms import Posted, RowId, pressed
from api.house import house_of
from api.pages.asking import answers_of
from api.pages.seances_tenue import PATH, REFUSALS, came_back, show
from api.presentation.seance_head import LIST
from api.presentation.seance_presences import CALL, CHAIR, MOVE, roll_page
from api.views.chrome import Flash
from api.visit import SignedIn, Writer
from grants.comites.liens import send_link
from grants.comites.movements import choose_chair, come_or_go
from grants.comites.roll import call_the_roll

router = APIRouter()


@router.get(f"{PATH}/presences")
def roll(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """Who is there."""
    return show(request, visit, seance_id, "presences", roll_page)


@router.post(f"{PATH}/presences")
def call_roll(request: Request, visit: Writer, form: Posted, seance_id: RowId) -> Response:
    """Note everybody's presence at once."""
    house, answers, url = house_of(request), answers_of(form), f"{LIST}/{seance_id}/presences"
    try:
        with house.database.unit_of_work() as session:
            changed = call_the_roll(session, visit.identity, seance_id, answers, visit.now)
    except REFUSALS as error:
        came = came_back(error, CALL, form)
        return show(request, visit, seance_id, "presences", roll_page, came)
    said = "Les présences sont notées." if changed else "Rien n’a changé."
    return redirect(request, url, Flash(text=said))


@router.post(f"{PATH}/presences/{{membre_id}}")
def move_member(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, membre_id: RowId
) -> Response:
    """Somebody comes in, or leaves."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            come_or_go(session, visit.identity, seance_id, membre_id, answers, visit.now)
    except REFUSALS as error:
        came = came_back(error, MOVE, form)
        return show(request, visit, seance_id, "presences", roll_page, came)
    return redirect(request, f"{LIST}/{seance_id}/presences", Flash(text="C’est noté."))


@router.post(f"{PATH}/presences/{{membre_id}}/lien", dependencies=[Depends(pressed)])
def send_link_to(request: Request, visit: Writer, seance_id: RowId, membre_id: RowId) -> Response:
    """Send a member another link to his page. Raises NotFound, NoAddress, AccessOver."""
    house = house_of(request)
    with house.database.unit_of_work() as session:
        asked = (session, house.engine, visit.identity, seance_id, membre_id)
        sent = send_link(*asked, visit.now)
    said = Flash(text="Un nouveau lien part à son adresse.")
    if not sent:
        said = Flash(text="Un lien vient de partir à son adresse.", tone="info")
    return redirect(request, f"{LIST}/{seance_id}/presences", said)


@router.post(f"{PATH}/presidence")
def take_chair(request: Request, visit: Writer, form: Posted, seance_id: RowId) -> Response:
    """Say who presides."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            choose_chair(session, visit.identity, seance_id, answers, visit.now)
    except REFUSALS as error:
        came = came_back(error, CHAIR, form)
        return show(request, visit, seance_id, "presences", roll_page, came)
    return redirect(request, f"{LIST}/{seance_id}/presences", Flash(text="C’est noté."))
