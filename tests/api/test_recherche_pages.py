"""« Recherche » : a page without any script, and the results alone for the palette."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grants.structures.service import create_structure
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, Office
from tests.builders.reading import links, words
from tests.builders.visitors import Visitor
from workflow.database import Database

HTMX = {"HX-Request": "true"}


def test_the_page_leads_to_what_it_finds(charge: Visitor, counter: Counter) -> None:
    dossier = counter.take_to("accueil")
    shown = charge.get("/recherche?q=jardins+du+lez")
    assert shown.status_code == 200
    assert f"/dossiers/{dossier}" in [to for _, to in links(shown)]
    assert "2 résultats" in words(shown.text)
    assert "<mark>Jardins</mark>" in shown.text


def test_it_says_what_it_looked_for_instead(charge: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    shown = words(charge.get("/recherche?q=jadrins").text)
    assert "Aucun résultat pour « jadrins » ; résultats pour « jardins »" in shown


def test_nothing_found_is_said(charge: Visitor) -> None:
    assert "Aucun résultat pour « introuvable »" in words(
        charge.get("/recherche?q=introuvable").text
    )
    assert "Aucun résultat" not in words(charge.get("/recherche").text)


def test_a_reader_searches_too(lecteur: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    assert "2 résultats" in words(lecteur.get("/recherche?q=jardins").text)


def test_a_colleague_of_another_organisme_finds_nothing(
    new_visitor: Callable[..., Visitor], counter: Counter, other_office: Office
) -> None:
    counter.take_to("accueil")
    stranger = new_visitor().enter(other_office.people["direction"], other_office.id)
    for text in ("jardins", "jadrins", "MP-2026-001"):
        shown = words(stranger.get(f"/recherche?q={text}").text)
        assert f"Aucun résultat pour « {text} »" in shown
        assert "Jardins" not in shown


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_cannot_be_read_is_told_beside_the_field(
    charge: Visitor, headers: dict[str, str]
) -> None:
    for text in ("a%E2%80%AEb", "a%EF%BF%BE", "a" * 101):
        shown = charge.get(f"/recherche?q={text}", **headers)
        assert shown.status_code == 422
        assert "Ce texte" in words(shown.text)


def test_the_palette_gets_the_results_alone_and_the_way_to_all(
    charge: Visitor, database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        for n in range(7):
            create_structure(session, office.identity(), {"nom": f"Atelier n° {n}"}, NOW)
    shown = charge.get("/recherche?q=atelier", **HTMX)
    assert shown.headers["vary"].startswith("HX-Request")
    assert "<html" not in shown.text
    assert shown.text.count('class="hit-title"') == 5
    assert ("Voir tous les résultats", "/recherche?q=atelier") in links(shown)
    assert charge.get("/recherche?q=atelier").text.count('class="hit-title"') == 7
