"""« Aujourd'hui », where everybody begins: what awaits, the most pressing first."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.pages.asking import ask
from api.presentation.aujourdhui import aujourdhui_page
from api.presentation.fields import Typed
from api.presentation.taches import HOME
from api.presentation.whose import WHOSE, read_whose
from api.visit import SignedIn, Visit

router = APIRouter()
PRESENT = "aujourdhui"
SCOPE = "tache"


@router.get(HOME)
def aujourdhui(request: Request, visit: SignedIn) -> Response:
    """What awaits the visitor, a colleague, or everybody."""
    return show_today(request, visit)


def show_today(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    """The page, with the form of a tâche that came back."""
    house = house_of(request)
    whose = read_whose(request.query_params.get(WHOSE, ""), visit.identity)
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults, scope=SCOPE)
        view = aujourdhui_page(asking, visit.identity, whose, visit.now)
    template = "pages/aujourdhui/aujourdhui.html"
    return page(request, visit, template, view, present=PRESENT, status=422 if faults else 200)
