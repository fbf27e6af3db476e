"""The clock played forward on a copy: what would leave, and nothing of the original touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.composition import default_engine
from api.settings import Settings
from api.simulation import Happening, Play, copied
from tests.builders.dossiers import Counter
from tests.builders.filled_rows import count_rows
from tests.builders.offices import NOW, make_office
from tests.builders.reminders import somebody
from workflow.database import Database
from workflow.dates import to_paris

END = datetime(2026, 9, 30, 12, tzinfo=UTC)


@pytest.fixture
def counter(database: Database) -> Counter:
    """An office with two dossiers of one person, one of somebody without an address."""
    with database.unit_of_work() as session:
        office = make_office(session)
    made = Counter(database, default_engine(), office)
    ana = somebody(made)
    made.open(porteur_id=ana)
    made.open(porteur_id=ana)
    made.open(porteur_id=somebody(made, "Bo Sansadresse", email=None))
    return made


def played(settings: Settings, counter: Counter, organisme: int | None = None) -> list[Happening]:
    with copied(settings.database, NOW) as copy:
        return Play(settings, copy, counter.engine, NOW).until(END, organisme)


def told(found: list[Happening]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(f"{each.at:%m-%d}", each.what, each.to, each.dossiers) for each in found]


def test_the_whole_life_of_reminders_is_told(settings: Settings, counter: Counter) -> None:
    found = played(settings, counter)
    both, third = ("MP-2026-001", "MP-2026-002"), ("MP-2026-003",)
    charge = counter.charge.nom
    assert sorted(told(found)) == sorted(
        [
            ("04-02", "e-mail", "Ana Porteuse", both),
            ("04-02", "tâche", charge, third),
            ("04-24", "e-mail", "Ana Porteuse", both),
            ("04-24", "tâche", charge, third),
            *[("05-20", "tâche", charge, (reference,)) for reference in (*both, *third)],
        ]
    )
    assert [each.at for each in found] == sorted(each.at for each in found)
    merged = next(each for each in found if each.what == "e-mail")
    assert len(merged.carries) == 2
    assert merged.subject
    assert merged.at == datetime(2026, 4, 2, 7, tzinfo=UTC)
    assert merged.as_json()["at"] == "2026-04-02T09:00:00+02:00"


def test_nothing_of_the_original_is_touched(
    settings: Settings, counter: Counter, database: Database, tmp_path: Path
) -> None:
    with database.reading() as session:
        before = count_rows(session.connection())
    assert played(settings, counter)
    with database.reading() as session:
        assert count_rows(session.connection()) == before
    assert not settings.mail_folder.exists()


def test_one_organisme_alone(settings: Settings, counter: Counter, database: Database) -> None:
    with database.unit_of_work() as session:
        other = make_office(session, "Autre 11", "autre11.example")
    elsewhere = Counter(database, counter.engine, other)
    elsewhere.open()
    assert {each.organisme for each in played(settings, counter)} == {"Aide 34", "Autre 11"}
    assert {each.organisme for each in played(settings, counter, other.id)} == {"Autre 11"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_years_of_a_project_are_told_to_their_end(
    settings: Settings, database: Database
) -> None:
    """From the convention on, with nobody who does anything: what is read, by whom, when."""
    with database.unit_of_work() as session:
        counter = Counter(database, default_engine(), make_office(session))
    counter.take_to("suivi")
    start = counter.now
    with copied(settings.database, start) as copy:
        play = Play(settings, copy, counter.engine, start)
        found = play.until(datetime(2027, 7, 1, tzinfo=UTC))
    later = [each for each in found if each.at > start + timedelta(days=1)]
    assert {each.dossiers for each in later} == {("MP-2026-001",)}
    half, end = (
        "MP-2026-001\u00a0: Bilan intermédiaire à mi-parcours",
        "MP-2026-001\u00a0: Bilan final",
    )
    assert [(f"{each.at:%Y-%m-%d}", each.what, each.carries) for each in later] == [
        ("2026-11-02", "e-mail", (half,)),
        ("2026-12-02", "tâche", ()),
        ("2027-04-02", "e-mail", (end,)),
        ("2027-05-03", "e-mail", (end,)),
        ("2027-05-18", "e-mail", (end,)),
        ("2027-06-02", "e-mail", (end,)),
        ("2027-06-17", "tâche", ()),
    ]
    assert all(to_paris(each.at).hour in range(8, 19) for each in later)
