"""The board: a column for each stage, what stood there longest first, in two queries."""

from __future__ import annotations

from datetime import timedelta

from grants.dossiers.board import CARDS, StageTotals, cards_by_stage, totals_by_stage
from grants.dossiers.filters import Filters
from tests.builders.counting import statements_of
from tests.builders.crowd import STAGES, write_crowd, write_dossier
from tests.builders.offices import NOW, Office
from workflow.database import Database


def test_each_stage_is_counted_and_summed(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        write_dossier(session, office, montant_demande=1_000, montant_accorde=900)
        write_dossier(session, office, montant_demande=250)
        write_dossier(session, office, stage="cts")
        write_dossier(session, office, pipeline="dla_individuel", stage="demande")
    with database.reading() as session:
        asked = Filters(pipeline="microprojets")
        totals = totals_by_stage(session.connection(), office.id, asked)
    assert totals == {"contact": StageTotals(2, 1_250, 900), "cts": StageTotals(1, 0, 0)}


def test_sums_go_beyond_what_an_integer_column_holds(database: Database, office: Office) -> None:
    largest = 10**14
    with database.unit_of_work() as session:
        for _ in range(3):
            write_dossier(session, office, montant_demande=largest)
    with database.reading() as session:
        totals = totals_by_stage(session.connection(), office.id, Filters())
    assert totals["contact"].demande == 3 * largest


def test_a_column_shows_what_has_stood_there_longest(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        ids = [
            write_dossier(session, office, stage_since=NOW - timedelta(days=n // 2))
            for n in range(CARDS + 6)
        ]
        write_dossier(session, office, stage="cts")
    with database.reading() as session:
        cards = cards_by_stage(
            session.connection(), office.id, Filters(), ("contact", "accueil", "cts")
        )
    order = sorted(ids, key=lambda id: (-(ids.index(id) // 2), id))
    assert [line.id for line in cards["contact"]] == order[:CARDS]
    assert cards["accueil"] == []
    assert len(cards["cts"]) == 1


def test_cards_obey_the_filters_and_the_organisme(
    database: Database, office: Office, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        write_crowd(session, other_office, 12)
        wanted = write_dossier(session, office, departement="34")
        write_dossier(session, office, departement="06")
    with database.reading() as session:
        cards = cards_by_stage(
            session.connection(), office.id, Filters(departement="34"), ("contact",)
        )
        nothing = cards_by_stage(session.connection(), office.id, Filters(), ())
    assert [line.id for line in cards["contact"]] == [wanted]
    assert nothing == {}


def test_a_card_is_named_after_who_carries_it(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        write_crowd(session, office, 3)
    with database.reading() as session:
        cards = cards_by_stage(session.connection(), office.id, Filters(), STAGES[:3])
    names = [cards[stage][0].carried_by for stage in STAGES[:3]]
    assert names == ["Les Jardins du Lez", "Ana Müller", "Porteur à préciser"]


def test_a_board_costs_two_statements_whatever_it_shows(database: Database, office: Office) -> None:
    for size in (1, 40):
        with database.unit_of_work() as session:
            write_crowd(session, office, size)
        with database.reading() as session, statements_of(database) as sent:
            cards_by_stage(session.connection(), office.id, Filters(), STAGES)
            totals_by_stage(session.connection(), office.id, Filters())
        assert len(sent) == 2
