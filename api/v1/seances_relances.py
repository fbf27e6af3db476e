"""The reminders of a séance: moved, held, resumed, stopped, sent at once."""

from __future__ import annotations

from typing import Any

from api.v1.contract import Call, Subject
from api.v1.given import only_asked
from api.v1.relances import told
from api.v1.shapes.relances import Rappels
from grants.comites.reading import KIND, read_sitting
from grants.relances import by_hand
from grants.relances.by_hand import REMINDER_FIELDS, Touch
from grants.relances.foreseeing_sitting import foresee_sitting

subject = Subject("Rappels")
_SEANCE = "/seances/{seance_id}/relances"
_REMINDER = f"{_SEANCE}/{{rappel_id}}"
_MOVED = {"relance_le": "2026-04-09T10:15"}


@subject.get(_SEANCE, "Les rappels d’une séance", Rappels)
def reminders(call: Call) -> Rappels:
    """What will be sent, when, to whom and why. Raises NotFound."""
    id, engine = call.id("seance_id"), call.house.engine
    found = read_sitting(call.connection, call.organisme_id, id, lock=False)
    foreseen = foresee_sitting(call.connection, engine, found, call.now)
    return {"rappels": [told(each) for each in foreseen]}


@subject.post(
    f"{_REMINDER}/deplacer",
    "Déplacer un rappel d’une séance",
    Rappels,
    asks=REMINDER_FIELDS,
    versioned=True,
    example=_MOVED,
)
def move(call: Call) -> Rappels:
    """Let it leave at another moment. Raises Invalid, NotFound, ReminderOver, ReminderChanged."""
    only_asked(call, *REMINDER_FIELDS)
    by_hand.move_reminder(
        call.session, call.house.engine, call.identity, _touch(call), call.body, call.now
    )
    return reminders(call)


@subject.post(
    f"{_REMINDER}/suspendre", "Mettre en pause un rappel d’une séance", Rappels, versioned=True
)
def hold(call: Call) -> Rappels:
    """Let it wait until it is resumed. Raises NotFound, ReminderOver, ReminderChanged."""
    return _done(call, by_hand.hold_reminder)


@subject.post(f"{_REMINDER}/reprendre", "Reprendre un rappel d’une séance", Rappels, versioned=True)
def resume(call: Call) -> Rappels:
    """Let it go on. Raises NotFound, ReminderOver, ReminderChanged."""
    return _done(call, by_hand.resume_reminder)


@subject.post(
    f"{_REMINDER}/envoyer", "Envoyer tout de suite un rappel d’une séance", Rappels, versioned=True
)
def send(call: Call) -> Rappels:
    """Do now what it would have done later. Raises Refused, NotFound, ReminderOver…"""
    return _done(call, by_hand.send_now)


@subject.post(f"{_REMINDER}/annuler", "Annuler un rappel d’une séance", Rappels, versioned=True)
def cancel(call: Call) -> Rappels:
    """It will not leave. Raises NotFound, ReminderOver, ReminderChanged."""
    return _done(call, by_hand.cancel_reminder)


def _done(call: Call, gesture: Any) -> Rappels:
    only_asked(call)
    gesture(call.session, call.house.engine, call.identity, _touch(call), call.now)
    return reminders(call)


def _touch(call: Call) -> Touch:
    return Touch(call.id("seance_id"), call.id("rappel_id"), call.version, call.key, kind=KIND)
