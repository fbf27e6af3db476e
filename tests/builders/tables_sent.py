"""Tables as people send them: CSV in any encoding, workbooks whole or spoilt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

Cells = Sequence[Any]


def csv_of(*rows: Cells, separator: str = ";", encoding: str = "utf-8") -> bytes:
    """Rows as a CSV file."""
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(*rows: Cells, name: str = "Feuil1", more: Mapping[str, Sequence[Cells]] = {}) -> bytes:
    """Rows as a workbook, with other sheets after the first."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for other, held in more.items():
        added = workbook.create_sheet(other)
        for row in held:
            added.append(list(row))
    return saved(workbook)


def workbook_of(rows: Sequence[Cells], change: Callable[[Any, Any], object]) -> bytes:
    """A workbook that a function changes before it is saved."""
    workbook = Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(list(row))
    change(workbook, sheet)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    """The bytes of a workbook."""
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes], *, encrypted: bool = False) -> bytes:
    """A workbook with some of its parts replaced, or added."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name, held in {**kept, **parts}.items():
            new.writestr(name, held)
    if not encrypted:
        return written.getvalue()
    flagged = bytearray(written.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = flagged.find(mark)
        while start >= 0:
            flagged[start + offset] |= 1
            start = flagged.find(mark, start + 4)
    return bytes(flagged)


def part_of(content: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
