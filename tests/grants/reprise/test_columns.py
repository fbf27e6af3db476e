from __future__ import annotations

import pytest

from grants.reprise.columns import FAULTS_TITLE, columns_of, guess
from grants.reprise.files import format_of, outlines_of, rows_of
from grants.reprise.models import model
from grants.reprise.service import subject_of, subjects
from grants.reprise.targets import targets_of
from tests.builders.tables_sent import csv_of, workbook_of, xlsx_of
from workflow.engine import Engine

DOSSIERS = ("dossiers", "microprojets")


def guessed(engine: Engine, content: bytes, subject: str, pipeline: str | None = None) -> dict:
    sheets = outlines_of(format_of(content), content)
    reading = guess(sheets, targets_of(engine, subject, pipeline))
    sheet = next(each for each in sheets if each.name == reading.sheet)
    titles = {each.index: each.title for each in columns_of(sheet, reading.header)}
    return {titles[index]: key for index, key in reading.chosen.items()}


def test_columns_are_known_by_the_names_that_people_give_them(engine: Engine) -> None:
    titles = ("Raison sociale", "N° SIRET", "Tél.", "Courriel", "CP", "VILLE", "Statut", "Couleur")
    assert guessed(engine, csv_of(titles, ["x"] * 8), "structures") == {
        "Raison sociale": "nom",
        "N° SIRET": "siret",
        "Tél.": "telephone",
        "Courriel": "email",
        "CP": "code_postal",
        "VILLE": "commune",
        "Statut": "forme_juridique",
    }


def test_a_dossier_says_its_stages_by_their_dates(engine: Engine) -> None:
    titles = (
        "Intitulé du projet",
        "Date de contact",
        "Accueil",
        "Entrée CTS",
        "Étape",
        "Suivi par",
    )
    assert guessed(engine, csv_of(titles, ["x"] * 6), *DOSSIERS) == {
        "Intitulé du projet": "titre",
        "Date de contact": "le_contact",
        "Accueil": "le_accueil",
        "Entrée CTS": "le_cts",
        "Étape": "etape",
        "Suivi par": "referent",
    }


def test_titles_are_found_under_a_heading_and_a_row_of_groups(engine: Engine) -> None:
    content = workbook_of(
        [
            ["Suivi des structures"],
            [],
            ["Identité", None, "Où"],
            ["Nom", "SIRET", "Commune"],
            ["A"],
        ],
        lambda _book, sheet: sheet.merge_cells("A3:B3"),
    )
    assert guessed(engine, content, "structures") == {
        "Nom": "nom",
        "SIRET": "siret",
        "Commune": "commune",
    }


def test_a_title_given_twice_serves_once(engine: Engine) -> None:
    content = csv_of(("Nom", "Nom", "SIRET"), ("a", "b", ""))
    assert list(guessed(engine, content, "structures").values()) == ["nom", "siret"]


def test_the_sheet_that_speaks_of_the_subject_is_chosen_before_a_hidden_one(engine: Engine) -> None:
    content = workbook_of(
        [["Notes"], ["rien"]],
        lambda book, _sheet: (
            book.create_sheet("Cachée").append(["Nom", "SIRET"]),
            setattr(book["Cachée"], "sheet_state", "hidden"),
            book.create_sheet("Vraie").append(["Nom", "SIRET"]),
        ),
    )
    sheets = outlines_of(format_of(content), content)
    assert guess(sheets, targets_of(engine, "structures", None)).sheet == "Vraie"


def test_the_column_of_faults_is_not_taken_for_anything(engine: Engine) -> None:
    content = csv_of(("Nom", FAULTS_TITLE), ("a", "B2 : faux"))
    assert guessed(engine, content, "structures") == {"Nom": "nom"}


def test_every_column_shows_its_first_values(engine: Engine) -> None:
    content = xlsx_of(("Nom", None, "Vide"), ("a", 1, None), (None, 2, None), ("c", 3), ("d", 4))
    (sheet,) = outlines_of("xlsx", content)
    assert [(c.letter, c.title, c.samples) for c in columns_of(sheet, 1)] == [
        ("A", "Nom", ("a", "c", "d")),
        ("B", "", ("1", "2", "3")),
        ("C", "Vide", ()),
    ]


def test_every_model_is_understood_as_it_is_and_its_example_is_sound(engine: Engine) -> None:
    for key, _label in subjects(engine):
        subject = subject_of(engine, key)
        assert subject is not None
        targets = targets_of(engine, *subject)
        content = model(targets)
        sheets = outlines_of(format_of(content), content)
        reading = guess(sheets, targets)
        assert reading.sheet == "À remplir"
        assert list(reading.chosen.values()) == [target.key for target in targets], key
        assert len(rows_of("xlsx", content, "Exemple")) == 2
        assert len(rows_of("xlsx", content, "Explications")) == len(targets) + 1


@pytest.mark.parametrize("key", ["", "dossiers", "dossiers-inconnu", "structures-x", "'"])
def test_a_subject_that_is_not_proposed_is_none(engine: Engine, key: str) -> None:
    assert subject_of(engine, key) is None
