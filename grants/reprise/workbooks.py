"""XLSX workbooks: looked at before they are opened, then read row by row, within bounds."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from grants.reprise.grid import (
    MOST_COLUMNS,
    MOST_ROWS,
    Outline,
    Row,
    Unreadable,
    Value,
    is_blank_row,
    is_blank_value,
)
from grants.reprise.unreadable import (
    DamagedFile,
    NoSuchSheet,
    OtherSpreadsheet,
    ProtectedFile,
    SwollenFile,
    TooManyColumns,
    TooManyMerged,
    TooManyRows,
    UnreadableFile,
)

#: What all the parts of a workbook may weigh once opened: ten times 10,000 rows of 20 columns.
MOST_BYTES = 64 * 1024 * 1024
_MOST_PARTS = 1000
_MOST_MERGED = 100_000
_MOST_SHEETS = 50
_CHUNK = 64 * 1024
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_WITHOUT_RESULT = re.compile(rb"<c\b([^>]*)><f\b[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v>\s*</v>)?</c>")
_MERGED = re.compile(
    rb'<mergeCell\b[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
# What the library meets in files that are not what they say.
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,  # zipfile's, for a file packed in a way that it does not know
    OSError,
    ParseError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_FORMULA = Unreadable(
    "Cette formule n'a pas de résultat enregistré. Ouvrez le fichier dans votre tableur et "
    "enregistrez-le, ou remplacez la formule par sa valeur."
)


def require_sound(content: bytes) -> None:
    """Raises UnreadableFile for what is not a workbook that may be opened without harm."""
    with _opened(content) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if any(part.flag_bits & 1 for part in parts):
            raise ProtectedFile
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise OtherSpreadsheet
        if _WORKBOOK not in names:
            raise UnreadableFile
        # No part gives more bytes than it declares: the archive's reader stops there.
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise SwollenFile
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _refuse_entities(archive, part)


def outlines(content: bytes, most: int) -> list[Outline]:
    """The sheets and their first rows. Raises UnreadableFile."""
    with _workbook(content) as workbook:
        sheets = workbook.worksheets[:_MOST_SHEETS]
        return [
            Outline(
                sheet.title,
                sheet.sheet_state != "visible",
                tuple(_rows(sheet, {}, most)),
            )
            for sheet in sheets
        ]


def rows(content: bytes, name: str) -> list[Row]:
    """Every row of one sheet that holds something. Raises UnreadableFile."""
    marks = _marks(content, name)
    with _workbook(content) as workbook:
        found = next((sheet for sheet in workbook.worksheets if sheet.title == name), None)
        if found is None:
            raise NoSuchSheet
        return list(_rows(found, marks))


def _rows(sheet: Any, marks: dict[int, dict[int, Unreadable]], most: int = 0) -> Iterator[Row]:
    # What the file says of its own size is not believed.
    sheet.reset_dimensions()
    kept = 0
    read = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    for number, values in enumerate(read, start=1):
        if number in marks:
            values = _marked(values, marks[number])  # noqa: PLW2901 — the same row, better said
        if is_blank_row(values):
            continue
        if len(values) > MOST_COLUMNS and not is_blank_value(values[MOST_COLUMNS]):
            raise TooManyColumns
        kept += 1
        if kept > MOST_ROWS + 1:
            raise TooManyRows
        width = max(at for at, value in enumerate(values, start=1) if value is not None)
        yield Row(number, tuple(values[: min(width, MOST_COLUMNS)]))
        if most and kept >= most:
            return


def _marked(values: tuple[Value, ...], marks: dict[int, Unreadable]) -> tuple[Value, ...]:
    """A row whose empty cells say why they are."""
    wide = [*values, *[None] * (max(marks) + 1 - len(values))]
    for column, why in marks.items():
        if is_blank_value(wide[column]):
            wide[column] = why
    return tuple(wide)


@contextmanager
def _workbook(content: bytes) -> Iterator[Any]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it leaves out (charts, styles) is not read here
            workbook = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            try:
                yield workbook
            finally:
                workbook.close()
    except UnreadableFile:
        raise
    except (*_BROKEN, InvalidFileException) as error:
        raise DamagedFile from error


@contextmanager
def _opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except UnreadableFile:
        raise
    except _BROKEN as error:
        raise DamagedFile from error


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part of a workbook declares entities, which could multiply without end."""
    parser, begun = expat.ParserCreate(), []

    def refuse(*_declared: object) -> None:
        raise SwollenFile

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda *_element: begun.append(True)
    with archive.open(part) as stream:
        while not begun and (chunk := stream.read(_CHUNK)):
            try:
                parser.Parse(chunk, False)
            except expat.ExpatError as error:
                raise DamagedFile from error


def _marks(content: bytes, name: str) -> dict[int, dict[int, Unreadable]]:
    """By row then column: the cells that were merged away, and the formulas without a result."""
    with _opened(content) as archive:
        path = _part_of(archive, name)
        written = archive.read(path) if path in archive.namelist() else b""
    found: dict[int, dict[int, Unreadable]] = {}
    for match in _WITHOUT_RESULT.finditer(written):
        place = _PLACE.search(match[1])
        if place and (column := _index(place[1])) <= MOST_COLUMNS:
            found.setdefault(int(place[2]), {})[column] = _FORMULA
    marked = 0
    for match in _MERGED.finditer(written):
        left, right = _index(match[1]), min(_index(match[3]), MOST_COLUMNS)
        top, bottom = int(match[2]), min(int(match[4]), int(match[2]) + MOST_ROWS)
        marked += max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if marked > _MOST_MERGED:
            raise TooManyMerged
        why = Unreadable(
            f"Cette cellule est fusionnée avec {match[1].decode()}{top}. Défusionnez-les, puis "
            "recopiez la valeur sur chaque ligne."
        )
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    found.setdefault(row, {})[column] = why
    return found


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """The part that holds a sheet."""
    sheets = _attributes(archive, _WORKBOOK, "sheet")
    wanted = next((sheet for sheet in sheets if sheet.get("name") == name), {})
    id = next((value for key, value in wanted.items() if key.rpartition(":")[2] == "id"), "")
    for relation in _attributes(archive, _RELATIONS, "Relationship"):
        if relation.get("Id") == id:
            target = relation.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _attributes(archive: zipfile.ZipFile, part: str, element: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    if part not in archive.namelist():
        return found
    parser = expat.ParserCreate()

    def take(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            found.append(attributes)

    parser.StartElementHandler = take
    try:
        parser.Parse(archive.read(part), True)
    except expat.ExpatError as error:
        raise DamagedFile from error
    return found


def _index(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
