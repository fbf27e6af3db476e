"""The reminders of a séance: seen before they leave, moved, held, stopped, sent at once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.forms import Posted, RowId
from api.pages.reminder_gestures import HELD, RESUMED, SENT, STOPPED, Desk, Which
from api.presentation.relances import sitting_reminders_page
from api.visit import SignedIn, Writer
from grants.comites.reading import KIND
from grants.relances import by_hand

router = APIRouter()
_AT = "/seances/{seance_id}/relances"
_REMINDER = f"{_AT}/{{rappel_id}}"
_DESK = Desk(KIND, "/seances", "seances", sitting_reminders_page)


@router.get(_AT)
def shown(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """What will be sent, and what was."""
    return _DESK.show(request, visit, seance_id)


@router.post(f"{_REMINDER}/deplacer")
def move(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, rappel_id: RowId
) -> Response:
    """Let a reminder leave at another moment."""
    return _DESK.move(request, visit, form, Which(seance_id, rappel_id))


@router.post(f"{_REMINDER}/suspendre")
def hold(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, rappel_id: RowId
) -> Response:
    """Let it wait until somebody resumes it."""
    which = Which(seance_id, rappel_id)
    return _DESK.do(request, visit, form, which, by_hand.hold_reminder, HELD)


@router.post(f"{_REMINDER}/reprendre")
def resume(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, rappel_id: RowId
) -> Response:
    """Let it go on."""
    which = Which(seance_id, rappel_id)
    return _DESK.do(request, visit, form, which, by_hand.resume_reminder, RESUMED, "retour")


@router.post(f"{_REMINDER}/annuler")
def cancel(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, rappel_id: RowId
) -> Response:
    """It will not leave."""
    which = Which(seance_id, rappel_id)
    return _DESK.do(request, visit, form, which, by_hand.cancel_reminder, STOPPED)


@router.post(f"{_REMINDER}/envoyer")
def send(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, rappel_id: RowId
) -> Response:
    """Do now what it would have done later."""
    which = Which(seance_id, rappel_id)
    return _DESK.do(request, visit, form, which, by_hand.send_now, SENT)
