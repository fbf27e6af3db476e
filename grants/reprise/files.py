"""A file that was sent: what it is by its content, its sheets, its rows."""

from __future__ import annotations

from grants.reprise import text_files, workbooks
from grants.reprise.grid import Outline, Row
from grants.reprise.unreadable import EmptyFile, NoSuchSheet, OldSpreadsheet, ProtectedFile

XLSX, CSV = "xlsx", "csv"
#: What may be sent at most: 10,000 rows of twenty columns weigh one or two.
MOST_MEGABYTES = 12
LOOKED_AT = 30
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"


def format_of(content: bytes) -> str:
    """What a file is, whatever its name says. Raises UnreadableFile."""
    if not content.strip(b"\x00 \t\r\n"):
        raise EmptyFile
    if content.startswith(_OLE):
        raise ProtectedFile if _ENCRYPTED in content else OldSpreadsheet
    if content.startswith(_ZIP):
        workbooks.require_sound(content)
        return XLSX
    text_files.decode(content)
    return CSV


def outlines_of(kind: str, content: bytes) -> list[Outline]:
    """The sheets and their first rows. Raises UnreadableFile."""
    if kind == XLSX:
        found = workbooks.outlines(content, LOOKED_AT)
    else:
        text = text_files.decode(content)
        rows = tuple(text_files.records(text, LOOKED_AT))
        found = [Outline(text_files.SHEET, hidden=False, rows=rows)]
    if not any(sheet.rows for sheet in found):
        raise EmptyFile
    return found


def rows_of(kind: str, content: bytes, sheet: str) -> list[Row]:
    """Every row of a sheet that holds something. Raises UnreadableFile."""
    if kind == XLSX:
        return workbooks.rows(content, sheet)
    if sheet != text_files.SHEET:
        raise NoSuchSheet
    return list(text_files.records(text_files.decode(content)))
