from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest

from grants.reprise.files import XLSX, format_of, outlines_of, rows_of
from grants.reprise.grid import Unreadable
from grants.reprise.unreadable import (
    DamagedFile,
    EmptyFile,
    NoSuchSheet,
    OldSpreadsheet,
    OtherSpreadsheet,
    ProtectedFile,
    SwollenFile,
    TooManyColumns,
    TooManyRows,
    UnreadableFile,
)
from tests.builders.tables_sent import part_of, with_parts, workbook_of, xlsx_of

ROWS = (("Nom", "Depuis", "Aide"), ("Élan", date(2009, 3, 12), 20000.5))
MIDNIGHT = datetime.combine(date(2009, 3, 12), time())
SHEET = "xl/worksheets/sheet1.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def read(content: bytes, sheet: str = "Feuil1") -> list[tuple]:
    assert format_of(content) == XLSX
    return [row.values for row in rows_of(XLSX, content, sheet)]


def test_values_keep_their_types() -> None:
    assert read(xlsx_of(*ROWS))[1] == ("Élan", MIDNIGHT, 20000.5)


def test_dates_of_the_1904_calendar_are_the_right_ones() -> None:
    def change(workbook: Any, _sheet: Any) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        workbook.epoch = CALENDAR_MAC_1904

    content = workbook_of(ROWS, change)
    assert b'date1904="1"' in part_of(content, "xl/workbook.xml")
    assert read(content, "Sheet")[1][1] == MIDNIGHT


def test_sheets_are_told_with_those_that_are_hidden() -> None:
    def change(workbook: Any, _sheet: Any) -> None:
        workbook.create_sheet("Cachée").append(["Nom"])
        workbook["Cachée"].sheet_state = "hidden"

    found = outlines_of(XLSX, workbook_of(ROWS, change))
    assert [(sheet.name, sheet.hidden) for sheet in found] == [("Sheet", False), ("Cachée", True)]


def test_a_merged_cell_says_so_where_it_shows_nothing() -> None:
    def change(_workbook: Any, sheet: Any) -> None:
        sheet.append(["Deux", date(2009, 3, 12), 1])
        sheet.append([None, date(2009, 3, 13), 2])
        sheet.merge_cells("A3:A4")

    merged = read(workbook_of(ROWS, change), "Sheet")[3][0]
    assert isinstance(merged, Unreadable)
    assert "fusionnée avec A3" in merged.why


def test_a_formula_gives_its_kept_result_or_says_that_it_has_none() -> None:
    def change(_workbook: Any, sheet: Any) -> None:
        sheet["C2"] = "=10*2"

    content = workbook_of(ROWS, change)
    without = read(content, "Sheet")[1][2]
    assert isinstance(without, Unreadable)
    assert "pas de résultat enregistré" in without.why
    computed = (
        part_of(content, SHEET).replace(b"<v></v>", b"<v>20</v>").replace(b"<v />", b"<v>20</v>")
    )
    assert read(with_parts(content, {SHEET: computed}), "Sheet")[1][2] == 20


def test_a_cell_far_away_costs_nothing() -> None:
    far = part_of(xlsx_of(*ROWS), SHEET).replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    )
    content = with_parts(xlsx_of(*ROWS), {SHEET: far})
    tracemalloc.start()
    assert len(read(content)) == 3
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000


def test_a_size_that_is_a_lie_is_not_believed() -> None:
    lying = part_of(xlsx_of(*ROWS), SHEET)
    start = lying.index(b"<dimension")
    end = lying.index(b"/>", start) + 2
    lying = lying[:start] + b'<dimension ref="A1:XFD1048576"/>' + lying[end:]
    assert len(read(with_parts(xlsx_of(*ROWS), {SHEET: lying}))[1]) == 3


def bomb() -> bytes:
    return with_parts(xlsx_of(*ROWS), {"xl/media/image1.png": bytes(200_000_000)})


def entities() -> bytes:
    written = part_of(xlsx_of(*ROWS), SHEET)
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    head, _, rest = written.partition(b"<worksheet")
    return with_parts(xlsx_of(*ROWS), {SHEET: head + declared + b"<worksheet" + rest})


def other_zip(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


FAULTY = {
    "old format": (OLE, OldSpreadsheet),
    "password": (OLE + "EncryptedPackage".encode("utf-16-le"), ProtectedFile),
    "encrypted archive": (with_parts(xlsx_of(*ROWS), {}, encrypted=True), ProtectedFile),
    "another spreadsheet": (other_zip("mimetype", "content.xml"), OtherSpreadsheet),
    "binary workbook": (other_zip("xl/workbook.bin"), OtherSpreadsheet),
    "a letter": (other_zip("word/document.xml"), UnreadableFile),
    "any archive": (other_zip("a.txt"), UnreadableFile),
    "cut half-way": (xlsx_of(*ROWS)[:2500], DamagedFile),
    "not xml": (with_parts(xlsx_of(*ROWS), {SHEET: b"<worksheet><sheetData"}), DamagedFile),
    "no sheet": (with_parts(xlsx_of(*ROWS), {"xl/workbook.xml": b"<workbook/>"}), UnreadableFile),
    "bomb": (bomb(), SwollenFile),
    "entities": (entities(), SwollenFile),
    "empty": (xlsx_of(), EmptyFile),
    "blank rows": (xlsx_of(*[("", None, " ")] * 30), EmptyFile),
    "too many columns": (xlsx_of([f"c{n}" for n in range(1000)]), TooManyColumns),
}


@pytest.mark.parametrize(("content", "fault"), FAULTY.values(), ids=FAULTY)
def test_each_unreadable_workbook_says_why(content: bytes, fault: type[UnreadableFile]) -> None:
    with pytest.raises(UnreadableFile) as raised:
        outlines_of(format_of(content), content)
    assert isinstance(raised.value, fault)
    assert str(raised.value).endswith(".")


def test_too_many_rows_are_refused_whole() -> None:
    content = xlsx_of(*[("A",)] * 20_002)
    with pytest.raises(TooManyRows):
        read(content)


def test_a_sheet_that_is_not_there_is_told() -> None:
    with pytest.raises(NoSuchSheet):
        read(xlsx_of(*ROWS), "Autre")


def test_thousands_of_blank_rows_at_the_end_are_left_out() -> None:
    assert len(read(xlsx_of(*ROWS, *[(None, " ", "")] * 5000))) == 2
