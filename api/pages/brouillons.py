"""What is typed and not saved yet: kept as a draft, with the word that somebody is at it."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from api.answering import redirect
from api.forms import PAPERS, Posted, RowId, key_of, pressed, version_of
from api.house import house_of
from api.presentation.drafts import at_work
from api.views.chrome import Flash
from api.visit import Visit, Writer
from api.wording import clock
from grants.dossiers.brouillons.presence import mark_present, others_present
from grants.dossiers.brouillons.service import Typing, drop_draft, save_draft
from grants.dossiers.reading import read_subject

router = APIRouter(prefix="/dossiers/{dossier_id}")


@router.post("/brouillons/{formulaire}")
def keep(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, formulaire: str
) -> Response:
    """Keep what is typed in a form; a script sends it every few seconds."""
    house = house_of(request)
    answers = {name: value for name, value in form.items() if name not in PAPERS}
    typing = Typing(dossier_id, formulaire, answers, version_of(form), key_of(form))
    with house.database.unit_of_work() as session:
        kept = save_draft(session, house.engine, visit.identity, typing, visit.now)
        mark_present(session, house.engine, visit.identity, dossier_id, visit.now)
        return _told(session, visit, dossier_id, visit.now if kept else None)


@router.post("/brouillons/{formulaire}/effacer", dependencies=[Depends(pressed)])
def erase(request: Request, visit: Writer, dossier_id: RowId, formulaire: str) -> Response:
    """Forget a draft, and show the dossier as it is kept."""
    house = house_of(request)
    with house.database.unit_of_work() as session:
        connection = session.connection()
        read_subject(connection, house.engine, visit.identity.organisme_id, dossier_id, lock=False)
        drop_draft(session, visit.identity, dossier_id, formulaire)
    return redirect(request, f"/dossiers/{dossier_id}", Flash(text="Brouillon effacé."))


@router.post("/presence", dependencies=[Depends(pressed)])
def present(request: Request, visit: Writer, dossier_id: RowId) -> Response:
    """Tell that a form of the dossier is open; who else has one is answered."""
    house = house_of(request)
    with house.database.unit_of_work() as session:
        mark_present(session, house.engine, visit.identity, dossier_id, visit.now)
        return _told(session, visit, dossier_id, None)


def _told(session: Session, visit: Visit, dossier_id: int, kept_at: datetime | None) -> Response:
    others = others_present(session.connection(), visit.identity, dossier_id, visit.now)
    kept = f"Brouillon gardé à {clock(kept_at)}" if kept_at else ""
    return JSONResponse({"brouillon": kept, "presents": at_work(others)})
