"""« Annuler » : the button of a message takes back what the message tells."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import redirect
from api.forms import Posted, one, only
from api.undo import undo
from api.visit import Writer

router = APIRouter()


@router.post("/annuler")
def take_back(request: Request, visit: Writer, form: Posted) -> Response:
    """Take back the last click, while there is time."""
    only(form, "retour_arriere")
    back, flash = undo(request, visit, one(form, "retour_arriere"))
    return redirect(request, back, flash)
