"""The doorstep: the address without a page leads to the board; whether the program is well."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import redirect
from api.visit import signed_in

router = APIRouter()


@router.get("/", dependencies=[Depends(signed_in)])
def home(request: Request) -> Response:
    """Everybody starts from the board."""
    return redirect(request, "/tableau")
