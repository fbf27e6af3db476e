"""The reminders of a dossier, moved, held, resumed, stopped, sent at once; and the agenda."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from api.v1.contract import Answer, Call, Subject
from api.v1.given import number_of, only_asked
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.shapes.courriers import ChoseAgenda, PageAgenda, Rappel, Rappels
from grants.dossiers.reading import read_subject
from grants.relances import by_hand
from grants.relances.agenda import KINDS, AgendaLine, Narrowing, agenda
from grants.relances.by_hand import REMINDER_FIELDS, Touch
from grants.relances.foreseeing import Coming, foresee
from workflow.dates import DateFault, from_paris, parse_date, to_paris
from workflow.errors import Invalid

subject = Subject("Rappels et agenda")
_DOSSIER = "/dossiers/{dossier_id}/relances"
_REMINDER = f"{_DOSSIER}/{{echeance_id}}"
_MOVED = {"relance_le": "2026-04-09T10:15"}
_UNKNOWN = "Cette valeur n’est pas connue ici."
_FILTERS = {
    "du": "À partir de ce jour (AAAA-MM-JJ) ; d’aujourd’hui sans rien dire.",
    "au": "Jusqu’à ce jour ; un mois plus tard sans rien dire.",
    "qui": "L’id d’un collègue ; 0 pour ce qui n’est à personne.",
    "dispositif": "La clé d’un dispositif.",
    "quoi": "Une ou plusieurs natures, séparées par des virgules : " + ", ".join(KINDS) + ".",
}
_MONTH, _LONGEST = timedelta(days=31), timedelta(days=366)


@subject.get(_DOSSIER, "Les rappels d’un dossier", Rappels)
def reminders(call: Call) -> Rappels:
    """What will be sent, when, to whom and why. Raises NotFound."""
    id, engine = call.id("dossier_id"), call.house.engine
    found = read_subject(call.connection, engine, call.organisme_id, id, lock=False)
    return {"rappels": [_told(each) for each in foresee(call.connection, engine, found, call.now)]}


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


@subject.get("/agenda", "L’agenda", PageAgenda, query={**_FILTERS, **PAGING})
def coming(call: Call) -> Answer:
    """Reminders, appointments, séances and tâches to come, soonest first. Raises Invalid."""
    size, place = page_size(call), place_asked(call)
    after = None if place is None else (datetime.fromisoformat(place[0]), place[1], place[2])
    span, narrowing = _asked(call)
    engine = call.house.engine
    found = agenda(call.connection, engine, call.organisme_id, span, narrowing, size + 1, after)
    following = None
    if len(found) > size:
        at, rank, id = found[size - 1].key
        following = next_url(call, [at.isoformat(), rank, id])
    data: PageAgenda = {"agenda": [_line(each) for each in found[:size]], "suivant": following}
    return Answer(data, next=following)


def _done(call: Call, gesture: Any) -> Rappels:
    only_asked(call)
    gesture(call.session, call.house.engine, call.identity, _touch(call), call.now)
    return reminders(call)


def _touch(call: Call) -> Touch:
    return Touch(call.id("dossier_id"), call.id("echeance_id"), call.version, call.key)


def _told(coming: Coming) -> Rappel:
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


def _line(line: AgendaLine) -> ChoseAgenda:
    dossier = line.dossier
    return {
        "nature": line.kind,
        "id": line.id,
        "le": line.at,
        "libelle": line.label,
        "dossier": None if dossier is None else {"id": dossier.id, "nom": dossier.reference},
        "lettre": line.letter,
        "lieu": line.place,
        "pour": line.pour,
    }


def _asked(call: Call) -> tuple[tuple[datetime, datetime], Narrowing]:
    """The span and the filters of an address. Raises Invalid."""
    query, faults = call.query, dict[str, str]()
    first = _day(query, "du", faults) or to_paris(call.now).date()
    last = _day(query, "au", faults)
    last = first + _MONTH if last is None else last
    kinds = tuple(query["quoi"].split(",")) if "quoi" in query else KINDS
    qui, pipeline = query.get("qui"), query.get("dispositif")
    if not timedelta() <= last - first <= _LONGEST and "au" not in faults:
        faults["au"] = "Choisissez un jour dans l’année qui suit le premier."
    if any(kind not in KINDS for kind in kinds):
        faults["quoi"] = _UNKNOWN
    if qui is not None and number_of(qui) is None:
        faults["qui"] = _UNKNOWN
    if pipeline is not None and call.house.engine.catalogue.latest(pipeline) is None:
        faults["dispositif"] = _UNKNOWN
    if faults:
        raise Invalid(faults)
    who = None if qui is None else number_of(qui)
    span = (_midnight(first), _midnight(last + timedelta(days=1)))
    return span, Narrowing(who, pipeline, kinds)


def _day(query: Any, name: str, faults: dict[str, str]) -> date | None:
    try:
        return parse_date(query[name]) if name in query else None
    except DateFault as fault:
        faults[name] = str(fault)
        return None


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time()))
