"""Appointments: fixed, moved, and the reminder that goes with them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from grants.dossiers.appointments import DossierEnded, meet_on
from grants.dossiers.queries import appointments_of
from grants.organisation.identity import ReadOnly
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.errors import Invalid, NotFound

REMINDER = "rappel_rendez_vous"


def meet(
    counter: Counter, at: str, place: str = "", key: str | None = None, by: str = "assistant"
) -> None:
    with counter.database.unit_of_work() as session:
        raw = {"rendez_vous": at, "lieu_rendez_vous": place}
        identity = counter.office.identity(by)
        meet_on(session, counter.engine, identity, counter.dossier, raw, counter.now, key)


def appointments(counter: Counter) -> list[tuple[datetime, str]]:
    with counter.database.reading() as session:
        found = appointments_of(session.connection(), counter.dossier)
    return [(each["le"], each["lieu"]) for each in found]


def received(counter: Counter, at: str = "2026-03-20T10:30") -> None:
    """A dossier in « accueil », with an appointment on Friday the 20th of March."""
    counter.open()
    counter.do("accueillir", rendez_vous=at, lieu_rendez_vous="Au siège")


def test_the_reminder_moves_with_the_appointment(counter: Counter) -> None:
    received(counter)
    assert counter.still_open() == [(REMINDER, 1, date(2026, 3, 18))]
    seen = counter.read().lock_version
    meet(counter, "2026-04-02T14:00", "À Lunel")
    assert counter.still_open() == [(REMINDER, 1, date(2026, 3, 31))]
    assert counter.fact("rendez_vous") == datetime(2026, 4, 2, 12, tzinfo=UTC)
    # Nobody's form is out of date, and the first appointment stays as history.
    assert counter.read().lock_version == seen
    assert [place for _, place in appointments(counter)] == ["À Lunel", "Au siège"]


def test_the_journal_says_both_appointments(counter: Counter) -> None:
    counter.open()
    meet(counter, "2026-03-20T10:30", "Au siège")
    meet(counter, "2026-04-02T14:00")
    meet(counter, "2026-04-02T15:00")
    told = [line.content["changements"] for line in counter.lines()[1:]]
    first, second = "2026-03-20T09:30:00Z", "2026-04-02T12:00:00Z"
    assert told == [
        {
            "rendez_vous": {"avant": None, "apres": first},
            "lieu_rendez_vous": {"avant": None, "apres": "Au siège"},
        },
        {
            "rendez_vous": {"avant": first, "apres": second},
            "lieu_rendez_vous": {"avant": "Au siège", "apres": None},
        },
        {"rendez_vous": {"avant": second, "apres": "2026-04-02T13:00:00Z"}},
    ]


def test_a_reminder_that_was_sent_is_due_again_for_another_day_only(counter: Counter) -> None:
    received(counter)
    table = table_of(Echeance)
    with counter.database.unit_of_work() as session:
        sent = update(table).where(table.c.rule == REMINDER).values(state="faite")
        session.connection().execute(sent)
    meet(counter, "2026-03-20T16:00")
    assert counter.still_open() == []
    meet(counter, "2026-04-02T14:00")
    assert counter.still_open() == [(REMINDER, 1, date(2026, 3, 31))]


def test_an_appointment_too_near_for_its_reminder_has_none(counter: Counter) -> None:
    received(counter)
    meet(counter, "2026-03-13T09:00")
    assert counter.still_open() == []
    # Put back to a later day, it is reminded of again.
    meet(counter, "2026-04-02T14:00")
    assert counter.still_open() == [(REMINDER, 1, date(2026, 3, 31))]


def test_an_appointment_before_the_stage_that_reminds_of_it_plans_nothing(
    counter: Counter,
) -> None:
    counter.open()
    before = counter.still_open()
    meet(counter, "2026-03-20T10:30")
    assert counter.still_open() == before
    assert counter.fact("rendez_vous") is not None


def test_the_same_click_fixes_one_appointment(counter: Counter) -> None:
    received(counter)
    for _ in range(2):
        meet(counter, "2026-04-02T14:00", key="rendez-vous-1")
    assert len(appointments(counter)) == 2


@pytest.mark.parametrize("at", ["", "demain", "2026-02-30T10:00", "2026-03-29T02:30"])
def test_a_moment_that_does_not_exist_is_refused(sqlite_counter: Counter, at: str) -> None:
    received(sqlite_counter)
    with pytest.raises(Invalid) as raised:
        meet(sqlite_counter, at, "x" * 301)
    assert set(raised.value.faults) == {"rendez_vous", "lieu_rendez_vous"}
    assert len(appointments(sqlite_counter)) == 1


def test_a_dossier_that_ended_has_no_more_appointments(sqlite_counter: Counter) -> None:
    sqlite_counter.open()
    sqlite_counter.do("classer_sans_suite", reason="Sans nouvelles.")
    with pytest.raises(DossierEnded, match="« Sans suite »"):
        meet(sqlite_counter, "2026-04-02T14:00")
    assert appointments(sqlite_counter) == []


def test_appointments_are_for_those_who_write_in_that_organisme(
    counter: Counter, other_office: Office
) -> None:
    received(counter)
    with pytest.raises(ReadOnly):
        meet(counter, "2026-04-02T14:00", by="lecteur")
    counter.office = other_office
    with pytest.raises(NotFound):
        meet(counter, "2026-04-02T14:00")
    assert len(appointments(counter)) == 1
