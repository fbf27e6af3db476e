"""The `.ics` of an appointment or of a séance: the same event, changed or called off, each time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workflow.dates import PARIS

if TYPE_CHECKING:
    from icalendar import Component

#: How long an event is held to last when nobody says it.
USUAL_MINUTES = {"rendez_vous": 60, "seance": 120}
#: Where a context tells the hour of each kind of event.
HOURS = {"rendez_vous": "le", "seance": "tenue_le"}
_NAMES = {"rendez_vous": "Rendez-vous", "seance": "Séance du comité"}
_PRODUCT = "-//Microprojets//Lettres//FR"
# The rule of the hour in France, which calendars that do not know it read here.
_EUROPE_PARIS = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
_NOT_OF_AN_ID = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at an hour and a place; `about` is the dossier it concerns.

    The same `uid` with a greater `sequence` replaces what the calendar held before.
    """

    uid: str
    sequence: int
    title: str
    starts: datetime
    minutes: int
    place: str
    about: str
    organiser: tuple[str, str]
    attendee: tuple[str, str]
    called_off: bool = False


def event_of(
    kind: str, context: Mapping[str, Any], attendee: tuple[str, str], sequence: int
) -> Event:
    """The event that a context describes under `rendez_vous` or `seance`, once it has its hour."""
    told = context[kind]
    organisme, dossier = context.get("organisme") or {}, context.get("dossier") or {}
    referent = context.get("referent") or {}
    reference, title = dossier.get("reference") or "", dossier.get("titre") or ""
    name = organisme.get("sigle") or organisme.get("nom") or ""
    email = referent.get("email") or organisme.get("email") or ""
    domain = (organisme.get("email") or email or "@microprojets.invalid").partition("@")[2]
    what = told.get("comite") or told.get("objet") or _NAMES[kind]
    # A dossier has one appointment at a time, which may be moved; a séance has one date each.
    own = f"{reference}-{told['cle']}" if told.get("cle") else reference
    return Event(
        uid=f"{kind.replace('_', '-')}-{_NOT_OF_AN_ID.sub('-', own)}@{domain}",
        sequence=sequence,
        title=f"{what} – {name}" if name else what,
        starts=datetime.fromisoformat(told[HOURS[kind]]),
        minutes=int(told.get("duree") or USUAL_MINUTES[kind]),
        place=told.get("lieu") or "",
        about=" – ".join(filter(None, (reference, title))),
        organiser=(referent.get("nom") or organisme.get("nom") or "", email),
        attendee=attendee,
        called_off=bool(told.get("annule")),
    )


def method_of(event: Event) -> str:
    """CANCEL, REQUEST when both sides have an address to answer from, else PUBLISH."""
    if event.called_off:
        return "CANCEL"
    return "REQUEST" if event.organiser[1] and event.attendee[1] else "PUBLISH"


def calendar_file(event: Event, at: datetime) -> bytes:
    """The file, in Paris time with its time zone inside. The same event gives the same bytes."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method_of(event))
    calendar.add_component(_paris())
    calendar.add_component(_component(event, at))
    return calendar.to_ical()


def _component(event: Event, at: datetime) -> Any:
    from icalendar import Event as CalendarEvent

    starts = event.starts.astimezone(PARIS)
    made = CalendarEvent()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", at)
    made.add("dtstart", starts)
    # Counted in UTC: the night when the hour changes lasts what it lasts.
    made.add("dtend", (event.starts + timedelta(minutes=event.minutes)).astimezone(PARIS))
    made.add("summary", event.title)
    if event.place:
        made.add("location", event.place)
    if event.about:
        made.add("description", event.about)
    made.add("status", "CANCELLED" if event.called_off else "CONFIRMED")
    _add_person(made, "organizer", event.organiser, {})
    if method_of(event) != "PUBLISH":
        _add_person(made, "attendee", event.attendee, {"ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE"})
    return made


def _add_person(made: Any, role: str, who: tuple[str, str], more: Mapping[str, str]) -> None:
    from icalendar import vCalAddress

    name, email = who
    if not email:
        return
    person = vCalAddress(f"mailto:{email}")
    person.params.update({"CN": name, **more} if name else more)
    made.add(role, person)


@lru_cache(maxsize=1)
def _paris() -> Component:
    from icalendar import Component

    return Component.from_ical(_EUROPE_PARIS.replace("\n", "\r\n"))
