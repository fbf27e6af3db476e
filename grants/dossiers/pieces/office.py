"""Word, Excel and LibreOffice documents: zips of a known shape, inflated within bounds."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from grants.dossiers.pieces.refusals import (
    Damaged,
    FileFault,
    HasScripts,
    Locked,
    SeveralThings,
    Swollen,
    UnknownKind,
)

_MOST_INFLATED = 200 * 1024 * 1024
_MOST_TIMES = 150
_SMALL = 10 * 1024 * 1024
_LONGEST_DIRECTORY = 1024 * 1024
_BLOCK = 1 << 16
_END = struct.Struct("<4sHHHHIIH")
_END_SIGN = b"PK\x05\x06"
_TYPES, _MIMETYPE = "[Content_Types].xml", "mimetype"
_MANIFEST = "META-INF/manifest.xml"
_LONGEST_DESCRIPTION = 1024 * 1024
_WORD = b"wordprocessingml.document.main+xml"
_EXCEL = b"spreadsheetml.sheet.main+xml"
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # zipfile's, for a file packed in a way that it does not know
    RuntimeError,  # zipfile's, for an encrypted one
    ValueError,
)


def examine(path: Path) -> str:
    """Which office document a zip is.

    Raises UnknownKind, Damaged, Locked, HasScripts, SeveralThings, Swollen.
    """
    _require_plain_zip(path)
    try:
        with zipfile.ZipFile(path) as archive:
            kind = _kind(archive)
            _inflate(archive, path.stat().st_size)
    except FileFault:
        raise
    except _BROKEN as error:
        raise Damaged from error
    return kind


def _require_plain_zip(path: Path) -> None:
    """The list of its parts is short, ends the file, and nothing stands before the first part.

    Checked before the list is read: that takes memory for every part that it announces.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < _END.size:
            raise Damaged
        file.seek(size - _END.size)
        sign, *_disks, length, start, comment = _END.unpack(file.read(_END.size))
    if sign != _END_SIGN or comment:
        raise Damaged
    if length > _LONGEST_DIRECTORY:
        raise Swollen
    if start + length + _END.size != size:
        raise SeveralThings


def _kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise Locked
    if _TYPES in names:
        return _microsoft(names, _read(archive, _TYPES))
    if _MIMETYPE in names:
        return _libreoffice(archive, names)
    raise UnknownKind


def _microsoft(names: set[str], types: bytes) -> str:
    if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
        raise HasScripts
    if _WORD in types:
        return "docx"
    if _EXCEL in types:
        return "xlsx"
    raise UnknownKind


def _libreoffice(archive: zipfile.ZipFile, names: set[str]) -> str:
    kind = _OPEN.get(_read(archive, _MIMETYPE).strip())
    if kind is None:
        raise UnknownKind
    if _MANIFEST in names and b"encryption-data" in _read(archive, _MANIFEST):
        raise Locked
    if any(name.startswith(("Basic/", "Scripts/")) and name[-1] != "/" for name in names):
        raise HasScripts
    return kind


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        text = part.read(_LONGEST_DESCRIPTION + 1)
    if len(text) > _LONGEST_DESCRIPTION:
        raise Swollen
    return text


def _inflate(archive: zipfile.ZipFile, size: int) -> None:
    """Every part is what it says, and all together they stay within bounds."""
    most = min(_MOST_INFLATED, max(_SMALL, size * _MOST_TIMES))
    total = 0
    for part in archive.infolist():
        with archive.open(part) as file:
            while block := file.read(_BLOCK):
                total += len(block)
                if total > most:
                    raise Swollen
