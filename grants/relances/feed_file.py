"""The agenda as a calendar file: what a phone or a mailbox reads by the personal link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grants.relances.agenda import RELANCE, RENDEZ_VOUS, SEANCE, TACHE, AgendaLine
from notifications.calendar_files import USUAL_MINUTES

if TYPE_CHECKING:
    from icalendar import Calendar, Event

_PRODUCT = "-//Microprojets//Agenda//FR"
_READ_AGAIN = timedelta(hours=1)
_INSTANT = 0


def calendar_file(lines: Iterable[AgendaLine], name: str, address: str, now: datetime) -> bytes:
    """The file. `address`: where the application is, which each event leads to."""
    from icalendar import Calendar

    calendar = Calendar()
    for key, value in (
        ("prodid", _PRODUCT),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("x-wr-calname", name),
        ("x-wr-timezone", "Europe/Paris"),
    ):
        calendar.add(key, value)
    calendar.add("refresh-interval", _READ_AGAIN, parameters={"VALUE": "DURATION"})
    _fill(calendar, lines, address, now)
    return calendar.to_ical()


def _fill(calendar: Calendar, lines: Iterable[AgendaLine], address: str, now: datetime) -> None:
    host = urlsplit(address).hostname or "microprojets.invalid"
    for line in lines:
        calendar.add_component(_event(line, host, address, now))


def _event(line: AgendaLine, host: str, address: str, now: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{line.kind.replace('_', '-')}-{line.id}@{host}")
    event.add("dtstamp", now)
    event.add("summary", _summary(line))
    if line.kind == TACHE:
        event.add("dtstart", line.day)
    else:
        event.add("dtstart", line.at)
        event.add("duration", timedelta(minutes=USUAL_MINUTES.get(line.kind, _INSTANT)))
    if line.kind not in (RENDEZ_VOUS, SEANCE):
        event.add("transp", "TRANSPARENT")  # nobody is taken by a reminder
    if line.place:
        event.add("location", line.place)
    if line.dossier is not None:
        event.add("description", _about(line))
        event.add("url", f"{address}/dossiers/{line.dossier.id}")
    elif line.kind == SEANCE or line.seance_id is not None:
        event.add("url", f"{address}/seances/{line.seance_id or line.id}")
    return event


def _summary(line: AgendaLine) -> str:
    """« Rendez-vous : Les Jardins du Lez », « Rappel : Pièces à fournir (MP-2026-003) »."""
    about = line.dossier.reference if line.dossier is not None else line.seance
    if not about:
        return line.label
    if line.kind == RENDEZ_VOUS and line.dossier is not None:
        return f"{line.label}\u00a0: {line.dossier.carried_by}"
    what = f"Rappel\u00a0: {line.label}" if line.kind == RELANCE and line.letter else line.label
    return f"{what} ({about})"


def _about(line: AgendaLine) -> str:
    dossier = line.dossier
    assert dossier is not None, "asked of lines about a dossier"
    return "\n".join(filter(None, [dossier.reference, dossier.titre, dossier.carried_by]))
