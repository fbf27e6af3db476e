"""The organismes of a person: going from one to another, and their logos."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import redirect
from api.forms import RowId, pressed
from api.house import house_of
from api.views.chrome import Flash
from api.visit import SignedIn
from grants.organisation.connexions import switch_organisme
from grants.organisation.logo import read_logo
from workflow.errors import NotFound

router = APIRouter()

# The address changes with each change of the organisme.
_KEPT = "private, max-age=31536000, immutable"


@router.post("/organismes/{organisme_id}", dependencies=[Depends(pressed)])
def switch(request: Request, organisme_id: RowId, visit: SignedIn) -> Response:
    """Go on in another organisme of the same person."""
    compte_id = visit.identity.compte_id
    assert compte_id is not None, "the software signs in nowhere"
    with house_of(request).database.unit_of_work() as session:
        switch_organisme(session, visit.digest, compte_id, organisme_id)
    names = {link.url: link.label for link in visit.others}
    arrived = names.get(f"/organismes/{organisme_id}", visit.organisme_nom)
    return redirect(request, "/aujourdhui", Flash(text=f"Vous êtes maintenant dans {arrived}."))


@router.get("/organismes/{organisme_id}/logo")
def logo(request: Request, organisme_id: RowId, visit: SignedIn) -> Response:
    """The logo of the organisme one is in."""
    if organisme_id != visit.identity.organisme_id:
        raise NotFound
    with house_of(request).database.reading() as session:
        found = read_logo(session.connection(), organisme_id)
    if found is None:
        raise NotFound
    return Response(found.content, media_type=found.type, headers={"Cache-Control": _KEPT})
