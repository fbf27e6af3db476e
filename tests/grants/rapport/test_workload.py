"""Who has what in hand; and moves found by their date, however many there are of other years."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, text

from grants.dossiers.filters import late_before
from grants.organisation.queries import customs_of
from grants.rapport.figures import Landmarks, figures_of
from grants.rapport.periods import Period
from grants.rapport.queries import dossiers_leaving, dossiers_moved
from grants.rapport.tally import Tally
from grants.rapport.workload import Load, workload
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.dates import to_paris

EVER = Period()


def loads(counter: Counter, period: Period = EVER) -> dict[int | None, Load]:
    pipeline = counter.engine.catalogue.current()[0]
    assert pipeline.key == "microprojets"
    with counter.database.reading() as session:
        connection = session.connection()
        limits = late_before(
            pipeline, to_paris(counter.now).date(), customs_of(connection, counter.office.id)
        )
        found = workload(Tally(connection, counter.office.id), pipeline, period, limits)
    assert [load.referent_id is None for load in found] == sorted(
        load.referent_id is None for load in found
    )
    return {load.referent_id: load for load in found}


def test_each_referent_has_his_dossiers_by_stage(counter: Counter) -> None:
    assistant = counter.office.people["assistant"].id
    counter.take_to("cts")
    counter.take_to("accueil")
    counter.open()
    counter.open(referent_id=assistant)
    counter.open(referent_id=None)
    found = loads(counter)
    assert found[counter.charge.compte_id].open == {"cts": 1, "accueil": 1, "contact": 1}
    assert (found[assistant].open, found[None].open) == ({"contact": 1}, {"contact": 1})
    assert found[None].nom == ""


def test_what_ended_is_in_nobodys_hands_but_went_on(counter: Counter) -> None:
    counter.open()
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    (load,) = loads(counter).values()
    assert (load.total, load.moved) == (0, 1)


def test_what_waits_for_too_long_is_late(counter: Counter) -> None:
    counter.open()
    counter.wait(days=200)
    counter.open()
    (load,) = loads(counter).values()
    assert (load.total, load.late) == (2, 1)


def test_a_dossier_that_went_on_counts_once_in_its_period(counter: Counter) -> None:
    counter.take_to("cts")
    counter.open()
    assert loads(counter)[counter.charge.compte_id].moved == 1
    before = counter.now.date() + timedelta(days=1)
    assert loads(counter, Period(since=before))[counter.charge.compte_id].moved == 0


def test_a_corrected_move_is_none(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-12-01T10:00")
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    assert loads(counter)[counter.charge.compte_id].moved == 0
    with counter.database.reading() as session:
        left = dossiers_leaving(counter.office.id, "microprojets", ("contact", "accueil"), EVER)
        assert session.connection().execute(left).all() == []


def test_loads_are_those_of_one_organisme(counter: Counter, other_office: Office) -> None:
    Counter(counter.database, counter.engine, other_office).take_to("accueil")
    assert loads(counter) == {}


def test_a_dossier_that_stopped_twice_is_one_that_stopped(counter: Counter) -> None:
    counter.open()
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    counter.do("reactiver", reason="Il a rappelé.")
    counter.do("reorienter", destination="autre", organisme_destinataire="La Ligue")
    landmarks = Landmarks("microprojets", "contact", "selectionne", ("sans_suite", "reoriente"))
    with counter.database.reading() as session:
        found = figures_of(Tally(session.connection(), counter.office.id), landmarks, EVER)
    assert (found.entered["sans_suite"], found.entered["reoriente"]) == (1, 1)
    assert found.stopped == 1


def test_the_moves_of_a_period_are_found_by_their_date(sqlite_counter: Counter) -> None:
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    for query in (
        dossiers_moved(1, "microprojets", year),
        dossiers_leaving(1, "microprojets", ("cts",), year),
    ):
        plan = _plan(sqlite_counter, query)
        assert "ix_journal_moves (tenant_id=? AND pipeline=? AND at>? AND at<?)" in plan
        assert "SCAN journal" not in plan


def _plan(counter: Counter, query: Select) -> str:
    """How SQLite goes about a query."""
    with counter.database.reading() as session:
        connection = session.connection()
        written = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explained = text("EXPLAIN QUERY PLAN " + str(written).replace(":", r"\:"))
        return "\n".join(str(row) for row in connection.execute(explained))
