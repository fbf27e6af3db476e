"""What is filtered, as a file that a spreadsheet opens: numbers, dates, text that stays text."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from api.exports import values, xlsx
from grants.dossiers.tables import Dossier
from tests.builders.crowd import write_crowd, write_dossier
from tests.builders.dossiers import Counter
from tests.builders.visitors import Answer, Visitor
from workflow.database import table_of

HOSTILE = (
    "=1+1",
    "+33 4",
    "-2",
    "@SOMME(A1)",
    '=HYPERLINK("http://x")',
    "'déjà",
    'a;b"c',
)


def workbook(answer: Answer) -> list[tuple[Any, ...]]:
    """The rows of the first sheet, as a spreadsheet reads them."""
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.data_type for row in book.active for cell in row].count("f") == 0
    return list(book.active.iter_rows(values_only=True))


def table(answer: Answer) -> list[list[str]]:
    """The rows of a CSV file, as a French spreadsheet reads them."""
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_a_list_goes_out_in_the_columns_chosen_or_in_all(charge: Visitor, counter: Counter) -> None:
    counter.take_to("cts")
    rows = workbook(charge.get("/liste/export.xlsx"))
    assert rows[0] == (
        "Référence", "Structure", "Projet", "Étape", "Lieu", "Référent", "Demandé", "Accordé",
        "À cette étape depuis", "Étiquettes",
    )  # fmt: skip
    assert rows[1][:3] == ("MP-2026-001", "Les Jardins du Lez", "Un jardin partagé")
    assert rows[1][6] == 20_000.0
    assert isinstance(rows[1][8], datetime)
    every = workbook(charge.get("/liste/export.xlsx?colonnes=toutes"))
    told = dict(zip(every[0], every[1], strict=True))
    assert told["Séance"].startswith("CTS du")
    assert isinstance(told["Ouvert le"], datetime)
    assert told["Secteur"] == "Environnement"
    lines = table(charge.get("/liste/export.csv?colonnes=toutes"))
    told = dict(zip(lines[0], lines[1], strict=True))
    assert told["Demandé"] == "20000,00"
    assert told["Ouvert le"] == "12/03/2026"
    for kind in ("xlsx", "csv"):
        answer = charge.get(f"/liste/export.{kind}")
        assert answer.headers["content-disposition"].startswith('attachment; filename="dossiers-')


def test_only_what_is_filtered_goes_out_and_all_of_it(
    charge: Visitor, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counter.database.unit_of_work() as session:
        write_crowd(session, counter.office, 60)
    monkeypatch.setattr(values, "SLICE", 7)
    assert len(workbook(charge.get("/liste/export.xlsx"))) == 61
    assert len(table(charge.get("/liste/export.csv"))) == 61
    assert len(table(charge.get("/liste/export.csv?departement=34"))) == 21
    assert len(table(charge.get("/liste/export.csv?q=zzzz"))) == 1
    assert charge.get("/liste/export.csv?du=hier").status_code == 422
    assert charge.get("/liste/export.xlsx?du=hier").status_code == 422
    references = [row[0] for row in table(charge.get("/liste/export.csv"))[1:]]
    assert len(set(references)) == 60


def test_another_organisme_is_never_in_the_file(
    charge: Visitor, counter: Counter, other_office: Any
) -> None:
    with counter.database.unit_of_work() as session:
        write_crowd(session, other_office, 3)
    assert len(table(charge.get("/liste/export.csv?colonnes=toutes"))) == 1


def test_a_text_that_looks_like_a_formula_stays_a_text(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        for titre in HOSTILE:
            write_dossier(session, counter.office, titre=titre, commune=titre)
    told = workbook(charge.get("/liste/export.xlsx?colonnes=toutes"))[1:]
    # In the workbook, each text as it is; in the CSV, an apostrophe before what would be read.
    assert [row[1] for row in told] == list(reversed(HOSTILE))
    lines = table(charge.get("/liste/export.csv"))[1:]
    for line, titre in zip(lines, reversed(HOSTILE), strict=True):
        assert line[2] == (f"'{titre}" if titre[0] in "=+-@" else titre)
        assert not line[2].startswith(("=", "+", "-", "@"))


def test_what_looks_like_an_escape_of_the_format_is_told_apart() -> None:
    columns = [values.BY_KEY["dossier"]]
    content = b"".join(xlsx.xlsx_file("Dossiers", columns, [["_x0041_ et _x"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<t xml:space="preserve">_x005F_x0041_ et _x</t>' in sheet


def test_what_xml_cannot_hold_is_left_out(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        id = write_dossier(session, counter.office)
        broken = update(table_of(Dossier)).where(table_of(Dossier).c.id == id)
        session.connection().execute(broken.values(titre="a\x0bb<&>\uffff"))
    assert workbook(charge.get("/liste/export.xlsx"))[1][2] == "ab<&>"


def test_a_sheet_that_is_full_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    columns = values.COLUMNS[:2]
    for size, sheets in ((0, 1), (3, 2), (4, 2), (7, 3)):
        rows = ([f"R{number}", None] for number in range(size))
        content = b"".join(xlsx.xlsx_file("Dossiers", columns, rows))
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert len(book.sheetnames) == sheets
        found = [row[0] for sheet in book for row in sheet.iter_rows(2, values_only=True) if row]
        assert found == [f"R{number}" for number in range(size)]


def test_amounts_and_days_at_their_limits() -> None:
    columns = [values.BY_KEY["demande"], values.BY_KEY["ouvert"]]
    rows = [[1, date(1900, 3, 1)], [-50, date(1899, 1, 2)], [2_300_000_05, date(9999, 12, 31)]]
    content = b"".join(xlsx.xlsx_file("Dossiers", columns, rows))
    read = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(2, values_only=True))
    assert [row[0] for row in read] == [0.01, -0.5, 2_300_000.05]
    assert [row[1] for row in read] == [
        datetime(1900, 3, 1),  # noqa: DTZ001 — a spreadsheet knows no time zone
        "02/01/1899",
        datetime(9999, 12, 31),  # noqa: DTZ001 — a spreadsheet knows no time zone
    ]
