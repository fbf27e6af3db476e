"""How the program is, on screen, for the direction."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.presentation.reglages import SANTE
from api.presentation.sante import sante_page
from api.visit import Overseer

router = APIRouter()


@router.get(SANTE)
def shown(request: Request, visit: Overseer) -> Response:
    """The clock, what waits, what failed, how letters leave."""
    house = house_of(request)
    with house.database.reading() as session:
        view = sante_page(session.connection(), house.settings, visit.now)
    return page(request, visit, "pages/sante/sante.html", view, present="parametres")
