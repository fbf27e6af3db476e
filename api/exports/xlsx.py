"""An XLSX workbook written as it is sent: amounts are numbers, dates are dates, text is text.

The format is a zip of a few XML files, of which a list needs little. Writing just that is several
times quicker than XlsxWriter in constant memory or openpyxl write-only, and the first rows leave
at once, where both build the whole file on the disk before its first byte: 100,000 rows would
keep somebody waiting without a sign of life.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from datetime import date
from io import RawIOBase
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from api.exports.values import IN_HUNDREDTHS, Rows, heading, is_dangerous
from api.presentation.listed_columns import Column, Value

#: What a sheet of the format holds, its heading included; the rest goes on in another sheet.
MOST_ROWS = 1_048_576
_BATCH = 500
_LEVEL = 4
_EPOCH = date(1899, 12, 30).toordinal()
# Excel believes in a 29 February 1900: an earlier day is written as text.
_FIRST_DAY = date(1900, 3, 1)
_TEXT, _AMOUNT, _DATE, _HEADING, _QUOTED, _DECIMAL = range(6)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# « _x0041_ » is how the format writes an odd character: what looks so is told apart.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS = {"montant": 14, "date": 12, "nombre": 10, "heures": 10, "texte": 24}


def xlsx_file(title: str, columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """The file, some rows at a time. `title` names the sheet."""
    sink = _Sink()
    left = iter(rows)
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        sheets, more = 0, True
        while more:
            sheets += 1
            more = yield from _sheet(archive, sink, sheets, columns, left)
        archive.writestr("xl/styles.xml", _STYLES)
        archive.writestr("xl/workbook.xml", _workbook(title, sheets))
        archive.writestr("xl/_rels/workbook.xml.rels", _workbook_relations(sheets))
    yield sink.take()


def _sheet(
    archive: ZipFile,
    sink: _Sink,
    number: int,
    columns: Sequence[Column],
    left: Iterator[Sequence[Value]],
) -> Generator[bytes, None, bool]:
    """One sheet; returns whether rows are left for another."""
    room, letters = MOST_ROWS - 1, [_letters(rank) for rank in range(len(columns))]
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
        part.write(_opening(columns).encode())
        part.write(_heading(columns, letters).encode())
        at = 2
        while batch := list(islice(left, min(_BATCH, room))):
            told = [_row(at + rank, columns, letters, row) for rank, row in enumerate(batch)]
            part.write("".join(told).encode())
            at, room = at + len(batch), room - len(batch)
            if sent := sink.take():
                yield sent
        part.write(b"</sheetData></worksheet>")
    return not room


def _row(at: int, columns: Sequence[Column], letters: Sequence[str], row: Sequence[Value]) -> str:
    cells = [
        _cell(f"{letter}{at}", column, value)
        for letter, column, value in zip(letters, columns, row, strict=True)
        if value is not None
    ]
    return f'<row r="{at}">{"".join(cells)}</row>'


def _cell(place: str, column: Column, value: Value) -> str:
    if isinstance(value, date) and value >= _FIRST_DAY:
        return f'<c r="{place}" s="{_DATE}"><v>{value.toordinal() - _EPOCH}</v></c>'
    if isinstance(value, int):
        if column.kind not in IN_HUNDREDTHS:
            return f'<c r="{place}"><v>{value}</v></c>'
        whole, rest = divmod(abs(value), 100)
        sign = "-" if value < 0 else ""
        style = _AMOUNT if column.kind == "montant" else _DECIMAL
        return f'<c r="{place}" s="{style}"><v>{sign}{whole}.{rest:02d}</v></c>'
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
    return _text(place, text, _QUOTED if is_dangerous(text) else _TEXT)


def _text(place: str, text: str, style: int) -> str:
    """A text is given as a text: whatever it begins with, it is never a formula."""
    told = escape(_LOOKS_ESCAPED.sub("_x005F_", _NOT_XML.sub("", text)))
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'
    )


def _heading(columns: Sequence[Column], letters: Sequence[str]) -> str:
    cells = [
        _text(f"{letter}1", heading(column), _HEADING)
        for letter, column in zip(letters, columns, strict=True)
    ]
    return f'<row r="1">{"".join(cells)}</row>'


def _opening(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{rank}" max="{rank}" width="{_WIDTHS[column.kind]}" customWidth="1"/>'
        for rank, column in enumerate(columns, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
    )


def _letters(rank: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    before, last = divmod(rank, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


class _Sink(RawIOBase):
    """Where the zip is written: what was written since the last look, and nothing more."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """It takes bytes, and cannot go back over them."""
        return True

    def write(self, written: Any) -> int:
        """Hold some bytes until they are taken."""
        self._held += written
        return len(written)

    def take(self) -> bytes:
        """What was written since."""
        held = bytes(self._held)
        self._held.clear()
        return held


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Every part is a sheet unless it says otherwise: their number is known only at the end.
_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.00\\ &quot;€&quot;"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"'
    ' applyNumberFormat="1"/>'
    '<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _workbook(title: str, sheets: int) -> str:
    names = [title, *(f"{title} ({number})" for number in range(2, sheets + 1))]
    told = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{told}</sheets></workbook>'


def _workbook_relations(sheets: int) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, sheets + 1)
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{told}{styles}</Relationships>'
