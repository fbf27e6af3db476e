"""Appointments as calendars read them: one event, moved or called off, in the hour of Paris."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from notifications.render import MissingValue, Recipient, Written, write
from tests.builders.lettering import AT, CONTEXT, HEAD, PORTEUSE, REFERENCE, template, with_

RDV = template("Venez.", attachments=("rendez_vous.ics",))
SEANCE = template("Venez.", attachments=("seance.ics",))


def sent(
    letter: Any = RDV,
    context: dict[str, Any] = CONTEXT,
    sequence: int = 3,
    to: Recipient = PORTEUSE,
) -> Written:
    return write(
        letter,
        context,
        letterhead=HEAD,
        recipient=to,
        reference=REFERENCE,
        at=AT,
        sequence=sequence,
    )


def read(written: Written) -> tuple[Any, Any]:
    (file,) = written.attachments
    calendar = Calendar.from_ical(file.content)
    assert f"method={calendar['METHOD']};" in file.media_type
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_an_appointment_is_an_event_to_answer() -> None:
    calendar, event = read(sent())
    assert calendar["METHOD"] == "REQUEST"
    assert event["SUMMARY"] == "Rendez-vous – Tremplin 06"
    assert event["LOCATION"] == "au siège"
    assert event["DESCRIPTION"] == "MP-2027-001 – Un jardin"
    assert event["ORGANIZER"] == "mailto:max@tremplin.example"
    assert event["ATTENDEE"] == "mailto:ana@porteur.example"
    assert event["ATTENDEE"].params["CN"] == "Ana Porteuse"
    assert event["STATUS"] == "CONFIRMED"


def test_its_hour_is_that_of_paris_and_says_so() -> None:
    calendar, event = read(sent())
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event["DTSTART"].dt == datetime(2027, 3, 20, 9, 30, tzinfo=UTC)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    (zone,) = calendar.walk("VTIMEZONE")
    paris = zone.to_tz()
    for month, hours in ((3, 1), (7, 2), (11, 1)):
        noon = datetime(2027, month, 20, 12, tzinfo=paris)
        assert noon.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("le", "starts", "ends"),
    [
        ("2027-03-28T00:30:00Z", "20270328T013000", "20270328T033000"),
        ("2027-10-31T00:30:00Z", "20271031T023000", "20271031T023000"),
        ("2028-02-29T09:00:00Z", "20280229T100000", "20280229T110000"),
    ],
)
def test_the_nights_when_the_hour_changes_last_an_hour(le: str, starts: str, ends: str) -> None:
    _, event = read(sent(context=with_("rendez_vous", le=le)))
    assert event["DTSTART"].to_ical().decode() == starts
    assert event["DTEND"].to_ical().decode() == ends


def test_a_moved_appointment_is_the_same_event_with_a_greater_sequence() -> None:
    _, first = read(sent(sequence=3))
    _, moved = read(sent(sequence=8, context=with_("rendez_vous", le="2027-03-22T09:00:00Z")))
    assert first["UID"] == moved["UID"] == "rendez-vous-MP-2027-001@tremplin.example"
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == (3, 8)


def test_each_kind_and_each_dossier_has_its_own_event() -> None:
    context = with_("dossier", reference="MP-2027-002")
    uids = {str(read(sent(*each))[1]["UID"]) for each in ((RDV,), (SEANCE,), (RDV, context))}
    assert len(uids) == 3
    _, again = read(sent(context=with_("rendez_vous", cle=7)))
    assert again["UID"] == "rendez-vous-MP-2027-001-7@tremplin.example"


def test_what_is_called_off_leaves_the_calendar() -> None:
    calendar, event = read(sent(SEANCE, with_("seance", annule=True)))
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["UID"] == read(sent(SEANCE))[1]["UID"]


def test_without_an_address_it_is_only_published() -> None:
    calendar, event = read(sent(to=Recipient("Ana", None)))
    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in event


def test_it_lasts_what_is_said_and_bears_the_name_of_the_comite() -> None:
    _, event = read(sent(SEANCE, with_("seance", duree=45)))
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=45)
    assert event["SUMMARY"] == "Comité de sélection – Tremplin 06"


def test_the_same_event_gives_the_same_bytes() -> None:
    assert sent().attachments == sent().attachments


@pytest.mark.parametrize("name", ['Ana "A"; B, C: d', "Ana\r\nATTENDEE:mailto:x@y.example"])
def test_a_name_cannot_add_a_line(name: str) -> None:
    context = with_("rendez_vous", lieu=name)
    (file,) = sent(context=context, to=Recipient(name, "ana@porteur.example")).attachments
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["ATTENDEE"] == "mailto:ana@porteur.example"
    assert [line for line in file.content.split(b"\r\n") if line.startswith(b"ATTENDEE:")] == []


@pytest.mark.parametrize("untold", [None, {}, {"le": None, "lieu": "au siège"}])
def test_without_its_hour_the_letter_says_what_it_lacks(untold: Any) -> None:
    with pytest.raises(MissingValue) as refused:
        sent(context={**CONTEXT, "rendez_vous": untold})
    assert refused.value.names == ("rendez_vous.le",)
