"""« Pilotage » : whatever is counted, the list that opens holds exactly that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from grants.dossiers.filters import NOWHERE
from tests.builders.counting import statements_of
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import chips, links, query_of, rows, words
from tests.builders.visitors import Answer, Clock, Visitor

YEAR = "du=2026-01-01&au=2026-12-31"
BOTH = f"{YEAR}&avec_du=2025-01-01&avec_au=2025-12-31"
NUMBER = re.compile(r"(?:^|\s)(\d+)$")


@pytest.fixture
def two_years(counter: Counter, clock: Clock) -> Counter:
    """Dossiers of two years, in several places, at every kind of stage, for several referents."""
    counter.now = counter.now.replace(year=2025)
    counter.take_to("selectionne")
    counter.now = counter.now.replace(month=12, day=29)
    for stage in ("cts", "accueil", "contact"):
        counter.take_to(stage)
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    counter.do("reactiver", reason="Il a rappelé.")
    counter.do("classer_sans_suite", reason="Il renonce.")
    counter.now = counter.now.replace(year=2026, month=3, day=2)
    some_year(counter)
    clock.now = counter.now + timedelta(days=90)
    return counter


@pytest.fixture
def direction(two_years: Counter, new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    """The direction, signed in once those two years are over."""
    return new_visitor().enter(office.people["direction"], office.id)


def some_year(counter: Counter) -> None:
    """Adjourned, corrected, given up, nobody's, somebody else's."""
    counter.take_to("cts")
    counter.wait(days=21)
    counter.hear("ajourne")
    counter.do("ajourner", reason="À préciser.", complements_attendus="Un devis.")
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    counter.wait(days=21)
    counter.hear("retenu", 1_200_000)
    counter.do("selectionner", montant_accorde="12 000")
    counter.take_to("accueil")
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    counter.take_to("accueil")
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    assistant = counter.office.people["assistant"].id
    counter.open(referent_id=assistant, values={"departement": "30", "secteur": "culture"})
    counter.open(referent_id=None, values={"departement": "30"})


def lists(shown: Answer) -> Iterator[tuple[str, str]]:
    """(what it says, address) of everything that opens a list, but the navigation."""
    for said, url in links(shown):
        if url.startswith("/liste?"):
            yield said, url


@pytest.mark.parametrize("period", [YEAR, BOTH, "du=2025-01-01", "au=2026-03-20", ""])
def test_every_figure_and_every_bar_opens_exactly_what_it_counts(
    direction: Visitor, period: str
) -> None:
    shown = direction.get(f"/pilotage?{period}")
    assert shown.status_code == 200
    told: dict[str, str] = {}
    checked = 0
    for said, url in lists(shown):
        listed = direction.get(url)
        assert listed.status_code == 200, url
        if "€" in said:
            assert said in words(listed.text), url
        elif number := NUMBER.search(said):
            assert len(rows(listed)) == int(number[1]), (said, url)
            told[url] = said
            checked += 1
        else:
            # A bar, or how long it took: what it opens is counted beside it.
            assert rows(listed), url
    assert checked > 20
    bars = {url for said, url in lists(shown) if not said}
    assert bars <= set(told)


def test_who_has_what_in_hand(direction: Visitor) -> None:
    shown = words(direction.get(f"/pilotage?{YEAR}").text)
    card = shown.partition("Ont avancé ")[2].partition("Ouverts pendant")[0]
    assert "Assistant de Aide 34 Contact 1 1 1 0 " in card
    assert "Sans référent Contact 1 1 1 0" in card
    assert "Chargé de mission de Aide 34 Contact 1 Accueil 1 Comité (CTS) 1 Sélectionné 2" in card


def test_places_and_sectors_are_told_with_those_that_have_none(direction: Visitor) -> None:
    shown = direction.get(f"/pilotage?{YEAR}")
    told = words(shown.text)
    assert "Gard (30) 2 — 0 0 €" in told.replace("2 0 € 0", "2 — 0")
    for name in ("Sans département", "Sans secteur", "Hérault (34)", "Environnement", "Culture"):
        assert name in told
    nowhere = [url for _, url in lists(shown) if f"departement={NOWHERE}" in url]
    assert set(chips(direction.get(nowhere[0]))) >= {"Sans département"}


def test_amounts_and_durations_open_their_lists_too(direction: Visitor) -> None:
    opened = [said for said, _ in lists(direction.get(f"/pilotage?{YEAR}"))]
    # The whole period's, then each département's and each sector's.
    assert sum("€" in said for said in opened) >= 6
    assert sum(said.endswith(" j") for said in opened) > 4


def test_a_dispositif_that_is_asked_for_no_money_speaks_of_none(
    direction: Visitor, counter: Counter
) -> None:
    counter.open("dla_individuel")
    shown = direction.get("/pilotage?dispositif=dla_individuel&du=2025-01-01&avec_du=2024-01-01")
    assert "Par département" in words(shown.text)
    assert "Demandé" not in words(shown.text)


def test_two_periods_stand_side_by_side(direction: Visitor) -> None:
    told = words(direction.get(f"/pilotage?{BOTH}").text)
    assert "année 2026 année 2025 Écart" in told
    assert "Contact 7 2 +5 (+250 %)" in told
    assert "Accordé 12 000 € 18 000 € −6 000 € (−33 %)" in told
    assert "Sortis sans aboutir 2 0 +2 " in told
    assert "Durée médiane" in told


def test_the_year_before_is_one_click_away(direction: Visitor) -> None:
    shown = direction.get("/pilotage?du=2024-02-29&au=2026-12-31")
    url = dict(links(shown))["Avec un an plus tôt"]
    asked = query_of(url)
    assert (asked["avec_du"], asked["avec_au"]) == ("2023-02-28", "2025-12-31")
    compared = direction.get(url)
    assert "du 28 février 2023 au 31 décembre 2025" in words(compared.text)
    assert "avec_du" not in dict(links(compared))["Sans comparaison"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("avec_du=2025-02-30", "Cette date n’existe pas."),
        ("avec_du=2025-02-02&avec_au=2025-02-01", "La période finirait avant de commencer."),
    ],
)
def test_a_period_compared_that_cannot_be_read_is_told(
    charge: Visitor, query: str, sentence: str
) -> None:
    shown = charge.get(f"/pilotage?{query}")
    assert shown.status_code == 422
    assert sentence in words(shown.text)


@pytest.mark.parametrize(
    "query",
    [
        "dispositif=microprojets&sortie=inconnue",
        "dispositif=microprojets&entree=,,,",
        "dispositif=microprojets&mouvement=1&mouvement_du=hier",
        "dispositif=microprojets&secteur='--",
        "mouvement=1&sortie=cts&entree=cts",
        "dispositif=microprojets&mouvement=1&sortie=cts&entree=cts",
    ],
)
def test_a_list_of_what_cannot_be_counted_is_answered(charge: Visitor, query: str) -> None:
    assert charge.get(f"/liste?{query}").status_code in (200, 422)


def test_a_figure_goes_away_with_its_chip(direction: Visitor) -> None:
    url = next(url for _, url in lists(direction.get(f"/pilotage?{YEAR}")) if "sortie=" in url)
    shown = direction.get(url)
    ((label, without),) = [each for each in chips(shown).items() if "Sortis" in each[0]]
    assert "année 2026" in label
    assert not {"sortie", "sortie_du", "sortie_au"} & set(query_of(without))


def test_the_same_number_of_queries_however_many_dossiers(
    charge: Visitor, counter: Counter
) -> None:
    sent = []
    for _ in range(2):
        some_year(counter)
        with statements_of(counter.database) as statements:
            assert charge.get(f"/pilotage?{BOTH}").status_code == 200
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 20


def test_nobody_sees_the_figures_of_another_organisme(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    some_year(Counter(counter.database, counter.engine, other_office))
    shown = charge.get(f"/pilotage?{BOTH}")
    assert not list(lists(shown))
