"""« Pilotage » : where the year stands."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.pages.tableau import asked_or_first
from api.presentation.periods import read_period
from api.presentation.pilotage import pilotage_page
from api.visit import SignedIn
from workflow.dates import to_paris

router = APIRouter()


@router.get("/pilotage")
def pilotage(request: Request, visit: SignedIn) -> Response:
    """The figures of one pipeline over a period, beside those of another where one is asked for."""
    house = house_of(request)
    today = to_paris(visit.now).date()
    asked = read_period(request.query_params, today)
    with house.database.reading() as session:
        view = pilotage_page(
            session.connection(),
            house.engine,
            visit.identity.organisme_id,
            asked_or_first(house, request),
            asked,
            today,
        )
    status = 422 if asked.faults else 200
    return page(
        request, visit, "pages/pilotage/pilotage.html", view, present="pilotage", status=status
    )
