"""The reminders of a dossier: seen before they leave, moved, held, stopped, sent at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, key_of, one, only
from api.house import house_of
from api.presentation.agenda import AGENDA, address_of, read_shown
from api.presentation.relances import Came, reminders_page
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.relances import by_hand
from grants.relances.by_hand import MOMENT, ReminderChanged, ReminderOver, Touch
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, Refused

router = APIRouter()
_PRESENT = "tableau"
_AT = "/dossiers/{dossier_id}/relances"
_DIGITS = 12
Gesture = Callable[[Session, Engine, Any, Touch, datetime], object]


@router.get(_AT)
def shown(request: Request, visit: SignedIn, dossier_id: RowId) -> Response:
    """What will be sent on a dossier, and what was."""
    return _page(request, visit, dossier_id)


@router.post(f"{_AT}/{{echeance_id}}/deplacer")
def move(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, echeance_id: RowId
) -> Response:
    """Let a reminder leave at another moment."""
    only(form, MOMENT, "version", "idempotency_key")
    house, typed = house_of(request), one(form, MOMENT)
    touch = _touch(form, dossier_id, echeance_id)
    try:
        with house.database.unit_of_work() as session:
            by_hand.move_reminder(
                session, house.engine, visit.identity, touch, {MOMENT: typed}, visit.now
            )
    except Invalid as error:
        came = Came(echeance_id, typed, error.faults)
        return _page(request, visit, dossier_id, came, 422)
    except (ReminderOver, ReminderChanged) as error:
        return _page(request, visit, dossier_id, Came(conflict=str(error)), 409)
    return redirect(request, _at(dossier_id), Flash(text="Le rappel partira à ce moment-là."))


@router.post(f"{_AT}/{{echeance_id}}/suspendre")
def hold(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, echeance_id: RowId
) -> Response:
    """Let it wait until somebody resumes it."""
    said = "Le rappel est en pause : il ne partira pas tant que vous ne le reprenez pas."
    return _done(request, visit, form, (dossier_id, echeance_id), by_hand.hold_reminder, said)


@router.post(f"{_AT}/{{echeance_id}}/reprendre")
def resume(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, echeance_id: RowId
) -> Response:
    """Let it go on."""
    said = "Le rappel reprend."
    which = (dossier_id, echeance_id)
    return _done(request, visit, form, which, by_hand.resume_reminder, said, "retour")


@router.post(f"{_AT}/{{echeance_id}}/annuler")
def cancel(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, echeance_id: RowId
) -> Response:
    """It will not leave."""
    said = "Ce rappel ne partira pas."
    return _done(request, visit, form, (dossier_id, echeance_id), by_hand.cancel_reminder, said)


@router.post(f"{_AT}/{{echeance_id}}/envoyer")
def send(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, echeance_id: RowId
) -> Response:
    """Do now what it would have done later."""
    said = "C’est parti : le rappel est préparé."
    return _done(request, visit, form, (dossier_id, echeance_id), by_hand.send_now, said)


def _done(
    request: Request,
    visit: Visit,
    form: Form,
    which: tuple[int, int],
    gesture: Gesture,
    said: str,
    *more: str,
) -> Response:
    only(form, "version", "idempotency_key", *more)
    house, touch = house_of(request), _touch(form, *which)
    try:
        with house.database.unit_of_work() as session:
            gesture(session, house.engine, visit.identity, touch, visit.now)
    except (ReminderOver, ReminderChanged) as error:
        return _page(request, visit, which[0], Came(conflict=str(error)), 409)
    except Refused as error:
        told = " ".join([str(error), *[each.message for each in error.refusals]])
        return _page(request, visit, which[0], Came(conflict=told), 409)
    back = _back(request, visit, one(form, "retour")) or _at(which[0])
    return redirect(request, back, Flash(text=said))


def _back(request: Request, visit: Visit, typed: str) -> str:
    """The agenda that somebody came from, from what can be read of its address."""
    path, _, query = typed.partition("?")
    if path != AGENDA:
        return ""
    today = to_paris(visit.now).date()
    return address_of(read_shown(dict(parse_qsl(query)), house_of(request).engine, today))


def _touch(form: Form, dossier_id: int, echeance_id: int) -> Touch:
    typed = one(form, "version")
    readable = typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS
    version = int(typed) if readable else None if not typed else -1
    return Touch(dossier_id, echeance_id, version, key_of(form))


def _at(dossier_id: int) -> str:
    return f"/dossiers/{dossier_id}/relances"


def _page(
    request: Request, visit: Visit, dossier_id: int, came: Came | None = None, status: int = 200
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = reminders_page(session.connection(), house.engine, visit, dossier_id, came)
    return page(
        request, visit, "pages/dossier/relances.html", view, present=_PRESENT, status=status
    )
