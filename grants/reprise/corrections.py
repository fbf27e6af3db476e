"""The file to mend: what was sent, with what is wrong beside each row and on each cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grants.reprise import text_files
from grants.reprise.columns import FAULTS_TITLE, Reading
from grants.reprise.faults import Fault
from grants.reprise.files import XLSX, rows_of
from grants.reprise.grid import Row, Unreadable, Value, letter_of

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
_MOST_COMMENTS = 2000
_LONGEST_CELL = 32_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FILL = "FAE5E1"


def corrected(kind: str, content: bytes, reading: Reading, faults: Sequence[Fault]) -> bytes:
    """The same rows with one more column. Raises UnreadableFile."""
    rows = rows_of(kind, content, reading.sheet)
    told: dict[int, list[Fault]] = {}
    for fault in faults:
        told.setdefault(fault.row, []).append(fault)
    width = max((len(row.values) for row in rows), default=0)
    if kind == XLSX:
        return _workbook(rows, reading, told, width)
    return _text(content, rows, reading, told, width)


def _said(faults: Iterable[Fault]) -> str:
    """Everything wrong with one row."""
    return " / ".join(
        f"{letter_of(fault.column)} ({fault.title}) : {fault.what}"
        if fault.column >= 0
        else fault.what
        for fault in faults
    )


def _text(
    content: bytes,
    rows: Sequence[Row],
    reading: Reading,
    told: Mapping[int, Sequence[Fault]],
    width: int,
) -> bytes:
    separator = text_files.separator_of(text_files.decode(content))
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        cells = [_harmless(str(value or "")) for value in row.values]
        cells += [""] * (width - len(cells))
        last = FAULTS_TITLE if row.number == reading.header else _said(told.get(row.number, ()))
        writer.writerow([*cells, last])
    return written.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """No spreadsheet computes it; read again, it is what it was."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _workbook(
    rows: Sequence[Row], reading: Reading, told: Mapping[int, Sequence[Fault]], width: int
) -> bytes:
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(reading.sheet)
    fill = PatternFill("solid", fgColor=_FILL)
    left, number = _MOST_COMMENTS, 0
    for row in rows:
        # Rows keep their numbers, so that the page and the file speak of the same ones.
        for _blank in range(number + 1, row.number):
            sheet.append(())
        number = row.number
        wrong = {fault.column: fault for fault in told.get(row.number, ())}
        cells: list[Any] = []
        for index in range(width):
            cell = written_cell(sheet, row.at(index))
            if index in wrong:
                cell.fill = fill
                if left:
                    cell.comment = Comment(wrong[index].what, "Microprojets")
                    left -= 1
            cells.append(cell)
        last = FAULTS_TITLE if row.number == reading.header else _said(told.get(row.number, ()))
        sheet.append([*cells, written_cell(sheet, last or None)])
    return saved(workbook)


def written_cell(sheet: Any, value: Value) -> Any:
    """A cell that holds a value as it is: a text that looks like a formula stays a text."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, Unreadable):
        value = None
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    text = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:_LONGEST_CELL]
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def saved(workbook: Any) -> bytes:
    """The bytes of a workbook."""
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()
