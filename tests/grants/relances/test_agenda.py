"""The agenda of an organisme: all that is to come, in order, by pages, narrowed; by a link too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import update

from grants.dossiers.appointments import meet_on
from grants.dossiers.filters import NOBODY
from grants.dossiers.taches.service import NewTask, create_task, finish_task
from grants.organisation.tables import Adhesion
from grants.relances.agenda import KINDS, AgendaLine, Narrowing, agenda, month_of
from grants.relances.feed import end_link, find_feed, lines_of_feed, link_of, make_link, mark_seen
from grants.relances.feed_file import calendar_file
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, Office
from workflow.database import table_of
from workflow.errors import NotFound

MARCH = month_of(date(2026, 3, 12))
SPRING = (MARCH[0], month_of(date(2026, 6, 1))[1])
ADDRESS = "https://suivi.exemple.fr"


def lines(
    counter: Counter, span: Any = SPRING, most: int = 100, **narrowing: Any
) -> list[AgendaLine]:
    after = narrowing.pop("after", None)
    with counter.database.reading() as session:
        asked = (counter.office.id, span, Narrowing(**narrowing), most, after)
        return agenda(session.connection(), counter.engine, *asked)


def kinds(found: list[AgendaLine]) -> list[tuple[str, str]]:
    return [(each.kind, each.label) for each in found]


@pytest.fixture
def busy(counter: Counter) -> Counter:
    """A dossier with its reminders and an appointment, a séance, a tâche."""
    counter.open(values={"titre": "Un jardin"})
    counter.plan_seance(days=20)
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-03-20T10:30", "lieu_rendez_vous": "Au siège"}, NOW)
        asked = {
            "titre": "Rappeler",
            "pour": str(counter.charge.compte_id),
            "pour_le": "2026-03-20",
        }
        create_task(session, counter.engine, counter.charge, NewTask(asked, counter.dossier), NOW)
    return counter


def test_everything_to_come_is_there_in_order(busy: Counter) -> None:
    assert kinds(lines(busy)) == [
        ("tache", "Rappeler"),
        ("rendez_vous", "Rendez-vous"),
        ("seance", "CTS du 1er avril 2026"),
        ("relance", "Proposer un rendez-vous d’accueil"),
        ("relance", "Proposer un rendez-vous d’accueil"),
        ("relance", "Appeler le porteur, ou classer la demande"),
    ]
    task, meeting, _seance, reminder = lines(busy)[:4]
    assert (task.day, task.pour) == (date(2026, 3, 20), busy.charge.nom)
    assert (meeting.place, meeting.at) == ("Au siège", datetime(2026, 3, 20, 9, 30, tzinfo=UTC))
    assert (reminder.letter, reminder.dossier and reminder.dossier.titre) == (
        "relance_contact",
        "Un jardin",
    )


def test_a_month_is_that_of_paris(busy: Counter) -> None:
    assert (
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 31, 22, tzinfo=UTC),
    ) == MARCH
    assert kinds(lines(busy, MARCH)) == [("tache", "Rappeler"), ("rendez_vous", "Rendez-vous")]
    assert lines(busy, month_of(date(2027, 3, 1))) == []


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_follow_each_other_without_a_gap(busy: Counter, size: int) -> None:
    whole, read, after = lines(busy), [], None
    while page := lines(busy, most=size, after=after):
        read += page
        after = page[-1].key
    assert read == whole


def test_it_is_narrowed(busy: Counter) -> None:
    counter = busy
    assert lines(counter, referent=NOBODY, kinds=("relance", "tache", "rendez_vous")) == []
    mine = lines(counter, referent=counter.charge.compte_id)
    assert kinds(mine) == kinds(lines(counter))
    assert kinds(lines(counter, pipeline="iae_porteurs")) == [("seance", "CTS du 1er avril 2026")]
    assert [each.kind for each in lines(counter, pipeline="microprojets")].count("relance") == 3
    assert {each.kind for each in lines(counter, kinds=("seance", "tache"))} == {"seance", "tache"}


def test_what_is_done_held_or_elsewhere_is_not_there(busy: Counter, other_office: Office) -> None:
    counter = busy
    with counter.database.unit_of_work() as session:
        session.connection().exec_driver_sql("UPDATE echeance SET state = 'suspendue'")
        (task,) = (each for each in lines(counter) if each.kind == "tache")
        finish_task(session, counter.engine, counter.charge, task.id, NOW)
    assert [each.kind for each in lines(counter)] == ["rendez_vous", "seance"]
    counter.office = other_office
    assert lines(counter) == []


@pytest.mark.parametrize("size", [1, 2, 100])
def test_what_waits_is_told_among_the_rest_to_who_asks(busy: Counter, size: int) -> None:
    usual = lines(busy)
    with busy.database.unit_of_work() as session:
        sql = "UPDATE echeance SET state = 'suspendue' WHERE occurrence = 2"
        assert session.connection().exec_driver_sql(sql).rowcount == 1
    read, after = list[AgendaLine](), None
    while page := lines(busy, most=size, after=after, held=True):
        read += page
        after = page[-1].key
    assert [each.key for each in read] == [each.key for each in usual]
    assert [each.held for each in read] == [False, False, False, False, True, False]
    assert not any(each.held for each in lines(busy))


def test_a_timed_action_is_told(counter: Counter) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        sql = "UPDATE echeance SET kind = 'action', rule = 'classer_sans_suite' WHERE id = 1"
        session.connection().exec_driver_sql(sql)
    assert kinds(lines(counter))[0] == ("action", "Classer sans suite")
    assert set(KINDS) >= {each.kind for each in lines(counter)}


# --- The personal link --------------------------------------------------------------------------


@pytest.fixture
def opened(busy: Counter) -> Callable[..., Any]:
    """Reads the calendar of a link, as a phone does."""

    def read(secret: str) -> Calendar:
        with busy.database.reading() as session:
            connection = session.connection()
            feed = find_feed(connection, secret, NOW)
            found = lines_of_feed(connection, busy.engine, feed, NOW)
        return Calendar.from_ical(calendar_file(found, feed.organisme_nom, ADDRESS, NOW))

    return read


def made(counter: Counter, portee: str = "moi", by: str = "charge_de_mission") -> str:
    with counter.database.unit_of_work() as session:
        return make_link(session, counter.office.identity(by), portee, NOW)


def test_a_calendar_reads_the_agenda_of_its_owner(busy: Counter, opened: Any) -> None:
    calendar = opened(made(busy))
    events = calendar.walk("VEVENT")
    assert [str(each["summary"]) for each in events] == [
        "Rappeler (MP-2026-001)",
        "Rendez-vous\u00a0: Les Jardins du Lez",
        "CTS du 1er avril 2026",
        "Rappel\u00a0: Proposer un rendez-vous d’accueil (MP-2026-001)",
        "Rappel\u00a0: Proposer un rendez-vous d’accueil (MP-2026-001)",
        "Appeler le porteur, ou classer la demande (MP-2026-001)",
    ]
    task, meeting = events[0], events[1]
    assert task["dtstart"].dt == date(2026, 3, 20)
    assert (meeting["dtstart"].dt, str(meeting["location"])) == (
        datetime(2026, 3, 20, 9, 30, tzinfo=UTC),
        "Au siège",
    )
    assert str(meeting["url"]) == f"{ADDRESS}/dossiers/{busy.dossier}"
    assert len({str(each["uid"]) for each in events}) == len(events)


def test_somebody_elses_link_shows_what_is_his(busy: Counter, opened: Any) -> None:
    calendar = opened(made(busy, by="assistant"))
    assert [str(each["summary"]) for each in calendar.walk("VEVENT")] == ["CTS du 1er avril 2026"]
    assert len(opened(made(busy, "tous", by="assistant")).walk("VEVENT")) == 6


def test_a_new_link_ends_the_one_before(busy: Counter, opened: Any) -> None:
    old, new = made(busy), made(busy, "tous")
    with pytest.raises(NotFound):
        opened(old)
    assert opened(new)
    with busy.database.unit_of_work() as session:
        connection = session.connection()
        kept = link_of(connection, busy.charge)
        assert kept is not None
        assert (kept.portee, kept.cree_le, kept.vu_le) == ("tous", NOW, None)
        stored = connection.exec_driver_sql("SELECT digest FROM lien_agenda").scalars().all()
        assert new not in stored
        mark_seen(session, find_feed(connection, new, NOW), NOW)
        assert not find_feed(connection, new, NOW).is_to_be_seen
        assert end_link(session, busy.charge, NOW)
        assert not end_link(session, busy.charge, NOW)
        assert link_of(connection, busy.charge) is None
    with pytest.raises(NotFound):
        opened(new)


def test_a_link_ends_with_the_access_of_its_owner(busy: Counter, opened: Any) -> None:
    secret = made(busy)
    with busy.database.unit_of_work() as session:
        session.connection().execute(update(table_of(Adhesion)).values(active=False))
    with pytest.raises(NotFound):
        opened(secret)
