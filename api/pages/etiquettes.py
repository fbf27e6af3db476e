"""The étiquettes of a dossier: put on from its page, taken off, and back within ten seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import redirect
from api.forms import Posted, RowId, one, only, pressed
from api.house import House, house_of
from api.pages.dossiers import show_dossier
from api.presentation.dossier_forms import Looking
from api.undo import undoable, undoing
from api.views.chrome import Flash
from api.visit import Visit, Writer
from grants.dossiers.etiquettes.queries import read_tag
from grants.dossiers.etiquettes.service import find_or_create_tag, tag_dossier, untag_dossier
from workflow.errors import Invalid, NotFound

router = APIRouter()
_DOSSIER = "/dossiers/{dossier_id}"


@router.post(f"{_DOSSIER}/etiquettes")
def put_on(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Put an étiquette on a dossier; a new one is made by naming it."""
    only(form, "etiquette")
    house, back = house_of(request), f"/dossiers/{dossier_id}"
    try:
        with house.database.unit_of_work() as session:
            tag = find_or_create_tag(session, visit.identity, one(form, "etiquette"))
            done = tag_dossier(session, house.engine, visit.identity, dossier_id, tag, visit.now)
    except Invalid as error:
        looking = Looking(tag_text=one(form, "etiquette"), tag_fault=error.faults["etiquette"])
        return show_dossier(request, visit, dossier_id, looking, 422)
    if not done:
        return redirect(request, back, Flash(text=f"L'étiquette « {tag.nom} » y était déjà."))
    return _told(request, visit, dossier_id, tag.id, f"Étiquette « {tag.nom} » ajoutée.", put=True)


@router.post(f"{_DOSSIER}/etiquettes/{{etiquette_id}}/retirer", dependencies=[Depends(pressed)])
def take_off(request: Request, visit: Writer, dossier_id: RowId, etiquette_id: RowId) -> Response:
    """Take an étiquette off a dossier."""
    house, identity = house_of(request), visit.identity
    with house.database.unit_of_work() as session:
        tag = read_tag(session.connection(), identity.organisme_id, etiquette_id)
        if tag is None:
            raise NotFound
        done = untag_dossier(session, house.engine, identity, dossier_id, tag.id, visit.now)
    if not done:
        told = Flash(text=f"L'étiquette « {tag.nom} » n'y était plus.")
        return redirect(request, f"/dossiers/{dossier_id}", told)
    return _told(request, visit, dossier_id, tag.id, f"Étiquette « {tag.nom} » retirée.", put=False)


@undoing("etiquette")
def undo_tag(session: Session, house: House, visit: Visit, content: Mapping[str, Any]) -> str:
    """Take off the étiquette just put on, or put on again the one just taken off."""
    dossier_id, identity = content["dossier"], visit.identity
    tag = read_tag(session.connection(), identity.organisme_id, content["etiquette"])
    if tag is None:
        raise NotFound
    if content["mise"]:
        untag_dossier(session, house.engine, identity, dossier_id, tag.id, visit.now)
        return f"L'étiquette « {tag.nom} » est retirée."
    tag_dossier(session, house.engine, identity, dossier_id, tag, visit.now)
    return f"L'étiquette « {tag.nom} » est remise."


def _told(
    request: Request, visit: Visit, dossier_id: int, tag_id: int, text: str, *, put: bool
) -> Response:
    back = f"/dossiers/{dossier_id}"
    content = {"dossier": dossier_id, "etiquette": tag_id, "mise": put}
    word = undoable(request, visit, "etiquette", content, back)
    return redirect(request, back, Flash(text=text, undo=word))
