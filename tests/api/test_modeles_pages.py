"""Letters' texts on screen: changed, refused with line and cause, given back their first text."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi import FastAPI

from tests.builders.offices import LETTER, Office
from tests.builders.visitors import Visitor

_URL = f"/parametres/modeles/{LETTER}"
_OWN = {
    "objet": "Bonne nouvelle",
    "texte": "Bonjour,\n\nVotre projet est retenu.\n",
    "version": "0",
}


@pytest.fixture
def direction(app: FastAPI, office: Office) -> Visitor:
    return Visitor(app).enter(office.people["direction"], office.id)


def text_shown(page: str) -> str:
    found = re.search(r"<textarea[^>]*name=\"texte\"[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found, "the editor is gone"
    return unescape(found[1]).strip()


def test_a_letter_is_changed_and_its_original_comes_back(direction: Visitor) -> None:
    first = text_shown(direction.get(_URL).text)
    assert direction.post(_URL, _OWN).status_code == 303
    changed = direction.get(_URL).text
    assert text_shown(changed) == _OWN["texte"].strip()
    assert "Votre projet est retenu." in direction.get(f"{_URL}/apercu").text
    assert direction.post(f"{_URL}/original", {"version": "0"}).status_code == 409
    assert direction.post(f"{_URL}/original", {"version": "1"}).status_code == 303
    assert text_shown(direction.get(_URL).text) == first


@pytest.mark.parametrize(
    ("texte", "told"),
    [
        ("Bonjour,\n\n{{ dossier.refference }}", "ligne 3"),
        ("Bonjour {{ dossier.__class__ }}", "ligne 1"),
        ("{% if %}", "ligne 1"),
    ],
)
def test_a_text_that_would_fail_is_refused_with_its_line_and_kept_as_typed(
    direction: Visitor, texte: str, told: str
) -> None:
    answer = direction.post(_URL, {**_OWN, "texte": texte})
    assert answer.status_code == 422
    assert told in answer.text.replace("\xa0", " ").replace("\u202f", " ")
    assert text_shown(answer.text) == texte


def test_two_who_change_it_at_once_are_told(direction: Visitor) -> None:
    direction.post(_URL, _OWN)
    answer = direction.post(_URL, {**_OWN, "texte": "Autre chose."})
    assert answer.status_code == 409
    assert text_shown(answer.text) == "Autre chose."


def test_a_lecteur_reads_the_texts_and_changes_none(lecteur: Visitor) -> None:
    assert lecteur.get(_URL).status_code == 200
    assert lecteur.post(_URL, _OWN).status_code == 403
    assert lecteur.get("/parametres/modeles/inconnue").status_code == 404
