"""« Aide » : the words of the trade, and how the everyday things are done."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.presentation.aide import aide_page
from api.visit import SignedIn

router = APIRouter()


@router.get("/aide")
def aide(request: Request, visit: SignedIn) -> Response:
    """Everything, or what a search finds."""
    typed = request.query_params.get("q", "")
    view = aide_page(typed, may_write=visit.identity.may_write)
    status = 422 if view.filters.fields[0].error else 200
    return page(request, visit, "pages/aide/aide.html", view, present="", status=status)
