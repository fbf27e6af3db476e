"""The reminders of a dossier: moved, held, resumed, stopped, sent at once."""

from __future__ import annotations

from typing import Any

from api.v1.contract import Call, Subject
from api.v1.given import only_asked
from api.v1.shapes.relances import Rappel, Rappels
from grants.dossiers.reading import read_subject
from grants.relances import by_hand
from grants.relances.by_hand import REMINDER_FIELDS, Touch
from grants.relances.foreseeing import Coming, foresee

subject = Subject("Rappels")
_DOSSIER = "/dossiers/{dossier_id}/relances"
_REMINDER = f"{_DOSSIER}/{{echeance_id}}"
_MOVED = {"relance_le": "2026-04-09T10:15"}


@subject.get(_DOSSIER, "Les rappels d’un dossier", Rappels)
def reminders(call: Call) -> Rappels:
    """What will be sent, when, to whom and why. Raises NotFound."""
    id, engine = call.id("dossier_id"), call.house.engine
    found = read_subject(call.connection, engine, call.organisme_id, id, lock=False)
    foreseen = foresee(call.connection, engine, found, call.now)
    return {"rappels": [told(each) for each in foreseen]}


@subject.post(
    f"{_REMINDER}/deplacer",
    "Déplacer un rappel",
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


@subject.post(f"{_REMINDER}/suspendre", "Mettre un rappel en pause", Rappels, versioned=True)
def hold(call: Call) -> Rappels:
    """Let it wait until it is resumed. Raises NotFound, ReminderOver, ReminderChanged."""
    return _done(call, by_hand.hold_reminder)


@subject.post(f"{_REMINDER}/reprendre", "Reprendre un rappel", Rappels, versioned=True)
def resume(call: Call) -> Rappels:
    """Let it go on. Raises NotFound, ReminderOver, ReminderChanged."""
    return _done(call, by_hand.resume_reminder)


@subject.post(f"{_REMINDER}/envoyer", "Envoyer un rappel tout de suite", Rappels, versioned=True)
def send(call: Call) -> Rappels:
    """Do now what it would have done later. Raises Refused, NotFound, ReminderOver…"""
    return _done(call, by_hand.send_now)


@subject.post(f"{_REMINDER}/annuler", "Annuler un rappel", Rappels, versioned=True)
def cancel(call: Call) -> Rappels:
    """It will not leave. Raises NotFound, ReminderOver, ReminderChanged."""
    return _done(call, by_hand.cancel_reminder)


def _done(call: Call, gesture: Any) -> Rappels:
    only_asked(call)
    gesture(call.session, call.house.engine, call.identity, _touch(call), call.now)
    return reminders(call)


def _touch(call: Call) -> Touch:
    return Touch(call.id("dossier_id"), call.id("echeance_id"), call.version, call.key)


def told(coming: Coming) -> Rappel:
    """One reminder."""
    return {
        "id": coming.id,
        "regle": coming.rule.key,
        "libelle": coming.rule.label,
        "occurrence": coming.occurrence,
        "etat": coming.state,
        "le": coming.due_at,
        "partira_le": coming.leaves_at,
        "a_la_main": bool(coming.by_hand),
        "voie": coming.way,
        "destinataire": coming.to,
        "email": coming.address,
        "pourquoi": coming.why,
        "depuis_le": coming.since,
        "empeche": list(coming.against),
        "avec": list(coming.along),
        "version": coming.version,
    }
