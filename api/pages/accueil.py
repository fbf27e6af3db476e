"""The doorstep: the address without a page leads to what awaits today; is the program well."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import redirect
from api.visit import signed_in

router = APIRouter()


@router.get("/", dependencies=[Depends(signed_in)])
def home(request: Request) -> Response:
    """Everybody starts from what awaits today."""
    return redirect(request, "/aujourdhui")
