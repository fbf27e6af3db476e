"""« Recherche » : anything of the organisme, by its words; a page, and what the palette shows."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import is_htmx, page
from api.house import house_of
from api.presentation.recherche import PATH, recherche_page
from api.views.recherche import RecherchePage
from api.visit import SignedIn, Visit
from grants.recherche.queries import search
from grants.recherche.words import LONGEST_QUERY
from workflow.texts import TextFault, clean_text

router = APIRouter()
_ON_PAGE, _IN_PALETTE = 30, 5


@router.get(PATH)
def recherche(request: Request, visit: SignedIn) -> Response:
    """What the words typed are found in; a script gets the results alone."""
    alone = is_htmx(request)
    try:
        text = clean_text(request.query_params.get("q", ""), longest=LONGEST_QUERY)
        view, status = _found(request, visit, text, short=alone), 200
    except TextFault as fault:
        view, status = RecherchePage(text="", longest=LONGEST_QUERY, error=str(fault)), 422
    name = "_resultats" if alone else "recherche"
    template = f"pages/recherche/{name}.html"
    answer = page(request, visit, template, view, present="recherche", status=status)
    answer.headers["Vary"] = "HX-Request"
    return answer


def _found(request: Request, visit: Visit, text: str, *, short: bool) -> RecherchePage:
    house, most = house_of(request), _IN_PALETTE if short else _ON_PAGE
    with house.database.reading() as session:
        found = search(session.connection(), visit.identity.organisme_id, text, most)
    return recherche_page(house.engine, text, found, most, short=short)
