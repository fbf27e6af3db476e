"""« Tableau » : the stages of a dispositif as columns, narrowed by the address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.crowd import write_dossier
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, Office
from tests.builders.reading import cards, chips, hidden, link, links, query_of, said, words
from tests.builders.visitors import Visitor


def test_an_empty_organisme_is_told_how_a_dossier_begins(charge: Visitor, lecteur: Visitor) -> None:
    shown = charge.get("/tableau")
    assert shown.status_code == 200
    assert "Aucun dossier pour l'instant" in said(shown)
    assert link(shown, "Nouveau contact").startswith("/dossiers/nouveau")
    assert lecteur.get("/tableau").status_code == 200


def test_each_dossier_stands_in_its_column_and_opens(charge: Visitor, counter: Counter) -> None:
    first, second = counter.open(), counter.take_to("accueil")
    shown = charge.get("/tableau")
    assert cards(shown) == [f"/dossiers/{first}", f"/dossiers/{second}"]
    assert charge.get(cards(shown)[0]).status_code == 200


def test_every_dispositif_has_its_tab_and_its_board(charge: Visitor, counter: Counter) -> None:
    opened = counter.open("dla_individuel")
    assert cards(charge.get("/tableau")) == []
    urls = [url for _, url in links(charge.get("/tableau")) if url.startswith("/tableau?dispo")]
    keys = {query_of(url)["dispositif"] for url in urls}
    assert keys == {pipeline.key for pipeline in counter.engine.catalogue.current()}
    for key in keys:
        shown = charge.get(f"/tableau?dispositif={key}")
        assert shown.status_code == 200
        assert cards(shown) == ([f"/dossiers/{opened}"] if key == "dla_individuel" else [])
    assert charge.get("/tableau?dispositif=inconnu").status_code == 200


def test_what_goes_on_is_counted_apart_from_what_ended(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        office = counter.office
        write_dossier(session, office, montant_demande=1_000_00)
        write_dossier(session, office, stage="cts", montant_demande=500_00)
        ended = {"montant_demande": 900_00, "montant_accorde": 800_00}
        write_dossier(session, office, stage="clos", **ended)
    said = words(charge.get("/tableau").text)
    assert "2 dossiers en cours · 1 500 € demandés" in said
    assert "Clos 1 800 €" in said


def test_a_column_leads_to_the_list_of_all_it_counts(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        for _ in range(23):
            write_dossier(session, counter.office, departement="34")
        write_dossier(session, counter.office, stage="clos")
    shown = charge.get("/tableau?departement=34")
    assert len(cards(shown)) == 20
    more = link(shown, "Voir les 3 autres")
    assert query_of(more) == {
        "dispositif": "microprojets",
        "departement": "34",
        "etape": "contact",
    }
    assert "23 dossiers" in words(charge.get(more).text)
    ended = link(charge.get("/tableau"), "Clos")
    assert "1 dossier" in words(charge.get(ended).text)


def test_late_dossiers_are_counted_told_and_listed(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        old = write_dossier(session, counter.office, stage_since=NOW - timedelta(days=60))
        write_dossier(session, counter.office)
    shown = charge.get("/tableau")
    late = link(shown, "1 en retard")
    listed = charge.get(late)
    assert query_of(late)["retard"] == "1"
    assert [url for _, url in links(listed) if url == f"/dossiers/{old}"]
    assert "1 dossier " in words(listed.text)
    assert list(chips(listed)) == ["En retard"]


FILTERS = {
    "q": "jardin",
    "referent": "0",
    "departement": "34",
    "du": "2026-01-01",
    "au": "2026-12-31",
    "retard": "1",
    "etape": "contact",
    "entree": "contact",
}


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_is_a_chip_and_stays_in_every_address(
    charge: Visitor, counter: Counter, name: str
) -> None:
    counter.now = NOW - timedelta(days=60)
    counter.open(referent_id=None, values={"departement": "34", "titre": "Un jardin"})
    value = FILTERS[name]
    shown = charge.get(f"/tableau?dispositif=microprojets&{name}={value}")
    assert shown.status_code == 200
    ((_, without),) = chips(shown).items()
    assert query_of(without) == {"dispositif": "microprojets"}
    assert query_of(link(shown, "En liste"))[name] == value
    assert query_of(link(shown, "Accompagnement"))[name] == value or name == "etape"
    # The form sends again what it has no field for.
    asked = {"q", "referent", "departement", "du", "au"}
    assert name in asked or hidden(shown, "/tableau", name) == value


def test_filters_add_up_and_are_taken_off_one_by_one(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        wanted = write_dossier(session, counter.office, departement="34", titre="Un jardin")
        write_dossier(session, counter.office, departement="34", titre="Un garage")
        write_dossier(session, counter.office, departement="06", titre="Un jardin")
    shown = charge.get("/tableau?departement=34&q=jardin")
    assert cards(shown) == [f"/dossiers/{wanted}"]
    assert list(chips(shown)) == ["« jardin »", "Hérault (34)"]
    assert len(cards(charge.get(chips(shown)["« jardin »"]))) == 2
    assert len(cards(charge.get(chips(shown)["Hérault (34)"]))) == 2
    assert len(cards(charge.get(link(shown, "Tout effacer")))) == 3


def test_a_filter_that_keeps_nothing_says_so(charge: Visitor, counter: Counter) -> None:
    counter.open()
    shown = charge.get("/tableau?q=introuvable")
    assert "Aucun dossier ne correspond" in words(shown.text)
    assert query_of(link(shown, "Tout afficher")) == {"dispositif": "microprojets"}


@pytest.mark.parametrize("path", ["/tableau", "/liste"])
def test_a_filter_that_cannot_be_read_says_why_and_leaves_the_others(
    charge: Visitor, counter: Counter, path: str
) -> None:
    counter.open()
    for query, sentence in {
        "du=2026-02-30": "Cette date n'existe pas.",
        "au=hier": "Écrivez une date comme 15/07/2009.",
        "du=2026-03-02&au=2026-03-01": "La période finirait avant de commencer.",
        "q=%E2%80%AEabc": "une marque qui change le sens de lecture",
        "q=" + "a" * 101: "Ce texte compte 101 caractères.",
    }.items():
        shown = charge.get(f"{path}?dispositif=microprojets&departement=34&{query}")
        assert shown.status_code == 422
        assert sentence in said(shown)
        assert "Hérault (34)" in chips(shown)


def test_what_an_address_cannot_mean_is_left_aside(charge: Visitor, counter: Counter) -> None:
    dossier = counter.open()
    for query in (
        "referent=abc",
        "referent=-1",
        "referent=" + "9" * 30,
        "departement=zz",
        "etape=inconnue",
        "seance=abc",
        "entree=inconnue",
        "colonne=inconnue",
        "colonne=cts",
        "inconnu=1",
    ):
        for path in ("/tableau", "/liste"):
            shown = charge.get(f"{path}?dispositif=microprojets&{query}")
            assert shown.status_code == 200
            assert f"/dossiers/{dossier}" in shown.text


def test_another_organismes_dossiers_are_never_on_the_board(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    theirs = Counter(counter.database, counter.engine, other_office)
    theirs.open()
    stranger = other_office.people["charge_de_mission"].id
    for query in ("", "?q=MP", f"?referent={stranger}", "?entree=contact"):
        assert cards(charge.get(f"/tableau{query}")) == []
        assert "MP-2026" not in charge.get(f"/liste{query}").text
