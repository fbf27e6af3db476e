"""The funnel: how many dossiers first entered each stage in a period, corrected moves left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from grants.rapport.periods import Period
from grants.rapport.queries import dossiers_entering
from grants.rapport.stages import funnel
from grants.rapport.tally import Tally
from tests.builders.dossiers import Counter
from tests.builders.offices import Office

EVER = Period()


def counted(counter: Counter, period: Period = EVER, pipeline: str = "microprojets") -> dict:
    """The funnel; each of its figures is that of the dossiers that a list would show."""
    with counter.database.reading() as session:
        connection = session.connection()
        found = dict(funnel(Tally(connection, counter.office.id), pipeline, period))
        for stage, count in found.items():
            listed = dossiers_entering(counter.office.id, pipeline, (stage,), period)
            ids = [row[0] for row in connection.execute(listed)]
            assert (len(ids), len(set(ids))) == (count, count)
    return found


def test_each_stage_counts_the_dossiers_that_entered_it(counter: Counter) -> None:
    counter.take_to("cts")
    counter.take_to("accueil")
    counter.open()
    assert counted(counter) == {"contact": 3, "accueil": 2, "accompagnement": 1, "cts": 1}
    assert counted(counter, pipeline="dla_individuel") == {}


def test_a_corrected_move_does_not_count(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    assert counted(counter) == {"contact": 1}
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    assert counted(counter) == {"contact": 1, "sans_suite": 1}


def test_the_right_move_after_a_correction_counts_once_at_its_own_date(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    counter.do("corriger_etape", by="direction", reason="Trop tôt.")
    counter.wait(days=40)
    counter.do("accueillir", rendez_vous="2026-05-20T10:30")
    assert counted(counter) == {"contact": 1, "accueil": 1}
    assert counted(counter, Period(date(2026, 3, 1), date(2026, 3, 31))) == {"contact": 1}
    assert counted(counter, Period(date(2026, 4, 1), date(2026, 4, 30))) == {"accueil": 1}


def test_two_moves_corrected_one_after_the_other_do_not_count(counter: Counter) -> None:
    counter.take_to("accompagnement")
    for _ in range(2):
        counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    assert counter.read().stage == "contact"
    assert counted(counter) == {"contact": 1}


def test_a_dossier_adjourned_and_presented_again_counts_once(counter: Counter) -> None:
    counter.take_to("cts")
    counter.wait(days=21)
    counter.hear("ajourne")
    counter.do("ajourner", reason="À préciser.", complements_attendus="Un devis.")
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    other = counter.plan_seance(days=60)
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    assert counted(counter)["cts"] == 1
    assert counted(counter)["accompagnement"] == 1


def test_a_dossier_given_up_and_taken_up_again_counts_once(counter: Counter) -> None:
    counter.take_to("accueil")
    for _ in range(2):
        counter.do("classer_sans_suite", reason="Sans nouvelles.")
        counter.do("reactiver", reason="Il a rappelé.")
    assert counted(counter) == {"contact": 1, "accueil": 1, "sans_suite": 1}


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2025, 12, 31, 22, 59, 59, 999_999, tzinfo=UTC), 2025),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), 2027),
    ],
)
def test_a_year_begins_and_ends_at_midnight_in_paris(
    counter: Counter, moment: datetime, year: int
) -> None:
    counter.now = moment
    counter.open()
    found = {
        each: counted(counter, Period(date(each, 1, 1), date(each, 12, 31))).get("contact", 0)
        for each in (2025, 2026, 2027)
    }
    assert found == {each: int(each == year) for each in found}


def test_an_open_period_has_one_end_only(counter: Counter) -> None:
    for days in (0, 1, 1):
        counter.wait(days=days)
        counter.open()
    first = (counter.now - timedelta(days=2)).date()
    assert counted(counter, Period(since=first + timedelta(days=1))) == {"contact": 2}
    assert counted(counter, Period(until=first)) == {"contact": 1}
    assert counted(counter, Period(first, first)) == {"contact": 1}
    assert counted(counter, Period(first + timedelta(days=1), first)) == {}


def test_figures_are_those_of_one_organisme(counter: Counter, other_office: Office) -> None:
    counter.open()
    theirs = Counter(counter.database, counter.engine, other_office)
    theirs.open()
    theirs.open()
    assert (counted(counter), counted(theirs)) == ({"contact": 1}, {"contact": 2})
