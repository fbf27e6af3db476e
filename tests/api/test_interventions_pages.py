"""« Interventions »: noted in one line, seen by weeks, listed, exported, taken back."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest

from tests.builders.dossiers import Counter
from tests.builders.reading import said
from tests.builders.visitors import Visitor

HOME, LIST = "/interventions", "/interventions/liste"
_UNDO = re.compile(r'name="retour_arriere" value="([^"]*)"')
TYPED = {
    "structure": "jardins du lez",
    "dispositif": "microprojets",
    "nature": "visite",
    "le": "2026-03-12",
    "duree": "1h30",
    "km": "42",
}


@pytest.fixture
def noted(charge: Visitor, counter: Counter) -> Visitor:
    """An hour and a half on the structure of the dossier."""
    counter.take_to("accueil")
    answer = charge.post(HOME, TYPED)
    assert answer.status_code == 303, said(answer)
    assert "le=2026-03-12" in answer.headers["location"]
    return charge


def test_a_line_is_enough_and_the_week_adds_it_up(noted: Visitor) -> None:
    week = noted.get(f"{HOME}?semaine=2026-03-10").text
    assert "Les Jardins du Lez" in week
    assert "1\u202fh\u202f30" in week
    # The next line proposes what the last one said.
    assert 'value="Les Jardins du Lez"' in week
    assert 'value="2026-03-12"' in week
    assert "Rien de noté" in noted.get(f"{HOME}?semaine=2026-03-03").text


def test_what_is_noted_by_mistake_is_taken_back_at_once(noted: Visitor) -> None:
    answer = noted.post(HOME, {**TYPED, "duree": "20 min"})
    (word,) = _UNDO.findall(noted.get(answer.headers["location"]).text)
    noted.post("/annuler", {"retour_arriere": word})
    assert "20\u202fmin" not in noted.get(LIST).text


def test_a_faulty_line_comes_back_with_its_faults_and_what_was_typed(noted: Visitor) -> None:
    answer = noted.post(HOME, {**TYPED, "duree": "23h"})
    assert answer.status_code == 422
    assert "en a que 24" in said(answer)
    assert 'value="23h"' in answer.text
    assert 'value="jardins du lez"' in answer.text


def test_the_list_is_narrowed_and_goes_out_as_it_is(noted: Visitor) -> None:
    noted.post(HOME, {**TYPED, "nature": "telephone", "duree": "90 min", "le": "2026-03-01"})
    narrowed = "?nature=visite&du=01/03/2026&structure=jardins"
    shown = noted.get(f"{LIST}{narrowed}").text
    assert "Visite sur place" in shown
    assert "1 intervention" in shown.replace("\u00a0", " ").replace("</strong>", "")
    table = noted.get(f"{HOME}/export.csv{narrowed}").content.decode("utf-8-sig")
    heading, row = csv.reader(io.StringIO(table), delimiter=";")
    told = dict(zip(heading, row, strict=True))
    assert told["Structure"] == "Les Jardins du Lez"
    assert (told["Durée (minutes)"], told["Durée (heures)"]) == ("90", "1,50")
    book = openpyxl.load_workbook(io.BytesIO(noted.get(f"{HOME}/export.xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[6] for row in rows[1:]] == [1.5, 1.5]


def test_a_period_that_ends_before_it_begins_is_told(noted: Visitor) -> None:
    backwards = "?du=2026-03-10&au=2026-03-01"
    assert "La période finit avant de commencer" in noted.get(f"{LIST}{backwards}").text
    assert noted.get(f"{HOME}/export.csv{backwards}").status_code == 422


def test_time_is_noted_from_the_dossier(charge: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    url = f"/dossiers/{counter.dossier}"
    spent = {"nature": "telephone", "le": "2026-03-12", "duree": "0,5"}
    assert charge.post(f"{url}/interventions", spent).status_code == 303
    page = charge.get(url).text
    assert "Temps passé" in page
    assert "30\u202fmin" in page
    faulty = charge.post(f"{url}/interventions", {**spent, "le": "2026-03-13"})
    assert faulty.status_code == 422
    assert "Cette date est à venir" in said(faulty)
