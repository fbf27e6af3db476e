"""The time spent in each stage, of the exits of a period."""

from __future__ import annotations

from datetime import UTC, date, datetime

from grants.rapport.periods import Period
from grants.rapport.stages import TimeInStage, times_in_stages
from grants.rapport.tally import Tally
from tests.builders.dossiers import Counter
from tests.builders.offices import Office

EVER = Period()


def spent(counter: Counter, period: Period = EVER) -> dict[str, TimeInStage]:
    with counter.database.reading() as session:
        connection = session.connection()
        return dict(times_in_stages(Tally(connection, counter.office.id), "microprojets", period))


def stay(counter: Counter, days: int) -> None:
    """A new contact, received after so many days."""
    counter.open()
    counter.wait(days=days)
    counter.do("accueillir", rendez_vous="2026-12-01T10:00")
    counter.wait(days=-days)


def test_the_median_and_the_ninth_in_ten(counter: Counter) -> None:
    for days in (1, 2, 30, 4, 5, 6, 7, 8, 9, 3):
        stay(counter, days)
    # 1 to 9 and 30: the middle is between 5 and 6, nine in ten took 9 days at most.
    assert spent(counter) == {"contact": TimeInStage(10, 6, 9, 10)}


def test_one_exit_is_its_own_median(counter: Counter) -> None:
    stay(counter, 4)
    assert spent(counter) == {"contact": TimeInStage(1, 4, 4, 1)}


def test_half_a_day_counts_as_one(counter: Counter) -> None:
    for days in (2, 3):
        stay(counter, days)
    assert spent(counter)["contact"].median == 3


def test_days_are_those_of_the_calendar_in_paris(counter: Counter) -> None:
    # From 23:30 in Paris to 00:30 the next day.
    counter.now = datetime(2026, 5, 4, 21, 30, tzinfo=UTC)
    counter.open()
    counter.wait(hours=1)
    counter.do("accueillir", rendez_vous="2026-12-01T10:00")
    assert spent(counter)["contact"] == TimeInStage(1, 1, 1, 1)
    # From 00:30 to 23:30 of the same day.
    counter.open()
    counter.wait(hours=23)
    counter.do("accueillir", rendez_vous="2026-12-01T10:00")
    assert spent(counter)["contact"] == TimeInStage(2, 1, 1, 2)


def test_a_dossier_that_stays_is_not_counted_yet(counter: Counter) -> None:
    counter.open()
    counter.wait(days=50)
    assert spent(counter) == {}


def test_moving_on_the_spot_does_not_start_the_time_again(counter: Counter) -> None:
    counter.take_to("cts")
    inscribed = counter.now
    counter.wait(days=5)
    other = counter.plan_seance(days=30)
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    counter.wait(days=5)
    counter.do("retirer_du_cts", reason="Pas prêt.")
    assert (counter.now - inscribed).days == 10
    assert spent(counter)["cts"] == TimeInStage(1, 10, 10, 1)


def test_each_stay_counts(counter: Counter) -> None:
    counter.take_to("accueil")
    for days in (3, 8):
        counter.wait(days=days)
        counter.do("classer_sans_suite", reason="Sans nouvelles.")
        counter.wait(days=1)
        counter.do("reactiver", reason="Il a rappelé.")
    found = spent(counter)
    assert found["accueil"] == TimeInStage(2, 6, 8, 1)
    assert found["sans_suite"] == TimeInStage(2, 1, 1, 1)


def test_a_corrected_move_neither_ends_nor_begins_a_stay(counter: Counter) -> None:
    counter.open()
    counter.wait(days=4)
    counter.do("accueillir", rendez_vous="2026-12-01T10:00")
    counter.wait(days=3)
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    assert spent(counter) == {}
    counter.wait(days=2)
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    assert spent(counter) == {"contact": TimeInStage(1, 9, 9, 1)}


def test_a_correction_on_the_spot_changes_no_time(counter: Counter) -> None:
    counter.take_to("cts")
    counter.wait(days=2)
    other = counter.plan_seance(days=30)
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    counter.wait(days=2)
    counter.do("corriger_etape", by="direction", reason="Erreur.")
    counter.wait(days=2)
    counter.do("retirer_du_cts", reason="Pas prêt.")
    assert spent(counter)["cts"] == TimeInStage(1, 6, 6, 1)


def test_the_period_is_that_of_the_exit(counter: Counter, other_office: Office) -> None:
    stay(counter, 30)
    stay(Counter(counter.database, counter.engine, other_office), 30)
    assert spent(counter, Period(date(2026, 3, 1), date(2026, 3, 31))) == {}
    april = Period(date(2026, 4, 1), date(2026, 4, 30))
    assert spent(counter, april) == {"contact": TimeInStage(1, 30, 30, 1)}
