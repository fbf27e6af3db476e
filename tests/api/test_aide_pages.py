"""« Aide » : every word explained, found by a search that forgives, for whoever is signed in."""

from __future__ import annotations

import re

import pytest

from tests.builders.reading import links, said
from tests.builders.visitors import Visitor


def anchors(text: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', text))


def test_every_word_and_every_task_is_there(charge: Visitor, lecteur: Visitor) -> None:
    shown = charge.get("/aide")
    assert shown.status_code == 200
    for word in ("Contrôle de service fait", "Déport", "Plafond", "Organisme intermédiaire"):
        assert word in said(shown)
    assert "Ouvrir un dossier" in said(shown)
    assert "Ouvrir un dossier" not in said(lecteur.get("/aide"))


def test_no_link_of_the_help_leads_nowhere(charge: Visitor) -> None:
    shown = charge.get("/aide")
    here = anchors(shown.text)
    for _, url in links(shown):
        path, _, anchor = url.partition("#")
        if path in ("", "/aide") and anchor:
            assert anchor in here, url
        elif path.startswith("/") and "?" not in path:
            assert charge.get(path).status_code in (200, 303, 403), url


@pytest.mark.parametrize(
    ("typed", "found", "lost"),
    [
        ("deport", "Déport", "Quorum du"),
        ("SÉANCE clôture", "Séance", "Porteur de projet"),
        ("imprimer", "Imprimer un dossier", "Plafond"),
        ("zzz", "L'aide ne dit rien de cela", "Plafond"),
    ],
)
def test_a_search_keeps_what_holds_the_words(
    charge: Visitor, typed: str, found: str, lost: str
) -> None:
    told = said(charge.get(f"/aide?q={typed}"))
    assert found in told
    assert lost not in told


@pytest.mark.parametrize("typed", ["a" * 500, "%00", "%1b", "%E2%80%AE"])
def test_a_search_that_cannot_be_read_is_told(charge: Visitor, typed: str) -> None:
    assert charge.get(f"/aide?q={typed}").status_code in (404, 422)


def test_the_help_is_one_click_away_from_every_page(charge: Visitor) -> None:
    for page in ("/tableau", "/liste", "/pilotage"):
        assert [url for label, url in links(charge.get(page)) if label == "Aide"] == ["/aide"] * 2
