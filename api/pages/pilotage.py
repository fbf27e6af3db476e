"""« Pilotage » : where the year stands."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.pages.tableau import asked_or_first
from api.presentation.pilotage import pilotage_page, read_period
from api.visit import SignedIn
from workflow.dates import to_paris

router = APIRouter()


@router.get("/pilotage")
def pilotage(request: Request, visit: SignedIn) -> Response:
    """The funnel, the times and the targets of one pipeline over a period."""
    house = house_of(request)
    today = to_paris(visit.now).date()
    typed = {name: request.query_params.get(name, "") for name in ("du", "au")}
    asked = read_period(typed, today)
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
