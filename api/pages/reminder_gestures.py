"""What is done to a reminder by a form, on the page of its dossier or of its séance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from sqlalchemy import Connection
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, key_of, one, only
from api.house import house_of
from api.presentation.agenda import AGENDA, address_of, read_shown
from api.presentation.relances import Came
from api.views.chrome import Flash
from api.views.relances import RemindersPage
from api.visit import Visit
from grants.relances import by_hand
from grants.relances.by_hand import MOMENT, ReminderChanged, ReminderOver, Touch
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, Refused

_DIGITS = 12
Gesture = Callable[[Session, Engine, Any, Touch, datetime], object]
Draw = Callable[[Connection, Engine, Visit, int, Came | None], RemindersPage]
#: What the three gestures that always go well say.
HELD = "Le rappel est en pause : il ne partira pas tant que vous ne le reprenez pas."
RESUMED, STOPPED = "Le rappel reprend.", "Ce rappel ne partira pas."
SENT = "C’est parti : le rappel est préparé."
_MOVED = "Le rappel partira à ce moment-là."


@dataclass(frozen=True, slots=True)
class Which:
    """One reminder of one subject, by their ids."""

    subject_id: int
    echeance_id: int


@dataclass(frozen=True, slots=True)
class Desk:
    """The page of the reminders of a kind of subject: where it is, how it is drawn.

    `list_url` is where these subjects are, `present` the part of the menu that is lit.
    """

    kind: str
    list_url: str
    present: str
    draw: Draw

    def show(
        self,
        request: Request,
        visit: Visit,
        subject_id: int,
        came: Came | None = None,
        status: int = 200,
    ) -> Response:
        """What will be sent, and what was."""
        house = house_of(request)
        with house.database.reading() as session:
            view = self.draw(session.connection(), house.engine, visit, subject_id, came)
        template = "pages/dossier/relances.html"
        return page(request, visit, template, view, present=self.present, status=status)

    def move(self, request: Request, visit: Visit, form: Form, which: Which) -> Response:
        """Let a reminder leave at another moment."""
        only(form, MOMENT, "version", "idempotency_key")
        house, typed = house_of(request), one(form, MOMENT)
        touch = self._touch(form, which)
        try:
            with house.database.unit_of_work() as session:
                by_hand.move_reminder(
                    session, house.engine, visit.identity, touch, {MOMENT: typed}, visit.now
                )
        except Invalid as error:
            came = Came(which.echeance_id, typed, error.faults)
            return self.show(request, visit, which.subject_id, came, 422)
        except (ReminderOver, ReminderChanged) as error:
            return self.show(request, visit, which.subject_id, Came(conflict=str(error)), 409)
        return redirect(request, self._at(which), Flash(text=_MOVED))

    def do(
        self,
        request: Request,
        visit: Visit,
        form: Form,
        which: Which,
        gesture: Gesture,
        said: str,
        *more: str,
    ) -> Response:
        """One gesture that asks for nothing."""
        only(form, "version", "idempotency_key", *more)
        house, touch = house_of(request), self._touch(form, which)
        try:
            with house.database.unit_of_work() as session:
                gesture(session, house.engine, visit.identity, touch, visit.now)
        except (ReminderOver, ReminderChanged) as error:
            return self.show(request, visit, which.subject_id, Came(conflict=str(error)), 409)
        except Refused as error:
            told = " ".join([str(error), *[each.message for each in error.refusals]])
            return self.show(request, visit, which.subject_id, Came(conflict=told), 409)
        back = _back(request, visit, one(form, "retour")) or self._at(which)
        return redirect(request, back, Flash(text=said))

    def _touch(self, form: Form, which: Which) -> Touch:
        typed = one(form, "version")
        readable = typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS
        version = int(typed) if readable else None if not typed else -1
        return Touch(which.subject_id, which.echeance_id, version, key_of(form), kind=self.kind)

    def _at(self, which: Which) -> str:
        return f"{self.list_url}/{which.subject_id}/relances"


def _back(request: Request, visit: Visit, typed: str) -> str:
    """The agenda that somebody came from, from what can be read of its address."""
    path, _, query = typed.partition("?")
    if path != AGENDA:
        return ""
    today = to_paris(visit.now).date()
    return address_of(read_shown(dict(parse_qsl(query)), house_of(request).engine, today))
