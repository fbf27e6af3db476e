"""« Pilotage » : each figure of a period opens the list that it counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import links, query_of, rows, said, words
from tests.builders.visitors import Answer, Visitor

PLACE = re.compile("departement|secteur")
YEAR = "du=2026-01-01&au=2026-12-31"


def figures(shown: Answer) -> list[tuple[str, str]]:
    """(number, address) of every figure of the funnel, of the targets and of the summary."""
    return [
        (label, url)
        for label, url in links(shown)
        if "entree=" in url and "%2C" not in url and label.isdigit() and not PLACE.search(url)
    ]


def some_year(counter: Counter) -> None:
    """Contacts, accueils, an adjournment, a correction, a selection, a refusal."""
    counter.take_to("selectionne")
    counter.take_to("cts")
    counter.wait(days=21)
    counter.hear("ajourne")
    counter.do("ajourner", reason="À préciser.", complements_attendus="Un devis.")
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    counter.take_to("accueil")
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    counter.take_to("accueil")
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    counter.open()


def test_an_empty_organisme_has_no_figures(charge: Visitor, lecteur: Visitor) -> None:
    for visitor in (charge, lecteur):
        shown = visitor.get("/pilotage")
        assert shown.status_code == 200
        assert "Aucun mouvement sur cette période" in words(shown.text)


def test_each_figure_of_the_funnel_opens_a_list_of_exactly_that_many(
    charge: Visitor, counter: Counter
) -> None:
    some_year(counter)
    shown = charge.get(f"/pilotage?{YEAR}")
    assert shown.status_code == 200
    counted = {}
    for label, url in figures(shown):
        listed = charge.get(url)
        assert len(rows(listed)) == int(label), url
        counted[query_of(url)["entree"]] = int(label)
    assert counted == {
        "contact": 5,
        "accueil": 3,
        "accompagnement": 2,
        "cts": 2,
        "selectionne": 1,
    }


def test_a_figures_list_can_be_narrowed_and_stays_that_figures(
    charge: Visitor, counter: Counter
) -> None:
    some_year(counter)
    url = next(url for _, url in figures(charge.get(f"/pilotage?{YEAR}")) if "cts" in url)
    shown = charge.get(f"{url}&q=jardin")
    assert len(rows(shown)) == 2
    assert len(rows(charge.get(f"{url}&q=introuvable"))) == 0
    kept = {name: value for name, value in query_of(url).items() if name != "dispositif"}
    for name, value in kept.items():
        assert f'name="{name}" value="{value}"' in shown.text


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2025, 12, 31, 22, 30, tzinfo=UTC), 2025),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), 2026),
    ],
)
def test_the_last_evening_of_a_year_belongs_to_it_in_paris(
    charge: Visitor, counter: Counter, moment: datetime, year: int
) -> None:
    counter.now = moment
    dossier = counter.open()
    for each in (2025, 2026):
        shown = charge.get(f"/pilotage?du={each}-01-01&au={each}-12-31")
        listed = [charge.get(url) for _, url in figures(shown)]
        expected = [[f"/dossiers/{dossier}"]] if each == year else []
        assert [rows(every) for every in listed[:1]] == expected


def test_amounts_times_and_endings_are_told(charge: Visitor, counter: Counter) -> None:
    some_year(counter)
    told = words(charge.get(f"/pilotage?{YEAR}").text)
    assert "Dossiers ouverts 5" in told
    assert "Demandé 40 000 €" in told
    assert "Accordé 18 000 €" in told
    assert "Sortis sans aboutir 1" in told
    assert "Temps passé à chaque étape" in told


def test_a_target_counts_its_whole_year_whatever_the_period(
    charge: Visitor, counter: Counter
) -> None:
    counter.take_to("selectionne")
    assert counter.now.month == 4
    shown = charge.get("/pilotage?du=2026-03-01&au=2026-03-31")
    assert "Projets retenus en 2026" in words(shown.text)
    ((label, url),) = [each for each in figures(shown) if "selectionne" in each[1]]
    assert (query_of(url)["entree_du"], query_of(url)["entree_au"]) == ("2026-01-01", "2026-12-31")
    assert label.startswith("1")
    assert len(rows(charge.get(url))) == 1


def test_without_a_period_it_is_this_year_in_paris(charge: Visitor, counter: Counter) -> None:
    counter.open()
    shown = charge.get("/pilotage")
    assert "année 2026" in shown.text
    (_, url), *_ = figures(shown)
    assert (query_of(url)["entree_du"], query_of(url)["entree_au"]) == ("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("du=2026-02-30", "Cette date n'existe pas."),
        ("au=hier", "Écrivez une date comme 15/07/2009."),
        ("du=2026-03-02&au=2026-03-01", "La période finirait avant de commencer."),
    ],
)
def test_a_period_that_cannot_be_read_is_kept_and_told(
    charge: Visitor, query: str, sentence: str
) -> None:
    shown = charge.get(f"/pilotage?{query}")
    assert shown.status_code == 422
    assert sentence in said(shown)
    for pair in query.split("&"):
        name, value = pair.split("=")
        assert re.search(rf'name="{name}"[^>]*value="{value}"', shown.text)


@pytest.mark.parametrize("query", ["du=2026-01-01", "au=2026-12-31", f"dispositif=inconnu&{YEAR}"])
def test_half_a_period_is_enough(charge: Visitor, counter: Counter, query: str) -> None:
    counter.open()
    shown = charge.get(f"/pilotage?{query}")
    assert shown.status_code == 200
    assert [len(rows(charge.get(url))) for _, url in figures(shown)][:1] == [1]


def test_every_dispositif_has_its_figures(charge: Visitor, counter: Counter) -> None:
    for pipeline in counter.engine.catalogue.current():
        counter.open(pipeline.key)
    for pipeline in counter.engine.catalogue.current():
        shown = charge.get(f"/pilotage?dispositif={pipeline.key}&{YEAR}")
        assert shown.status_code == 200
        assert {query_of(url)["dispositif"] for _, url in figures(shown)} == {pipeline.key}
        for label, url in figures(shown):
            assert label.startswith(str(len(rows(charge.get(url)))))


def test_figures_are_those_of_ones_own_organisme(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    Counter(counter.database, counter.engine, other_office).open()
    assert figures(charge.get(f"/pilotage?{YEAR}")) == []
