"""A file accepted or refused by what it holds, whatever its name says."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import filetype

from grants.dossiers.pieces import images, office, pdf
from grants.dossiers.pieces.refusals import (
    EmptyFile,
    OldOffice,
    SeveralThings,
    TooHeavy,
    TooManyPages,
    TooManyPixels,
    UnknownKind,
)

MEGABYTE = 1024 * 1024
_HEAD = 8192
# Where readers look for the beginning of a PDF, whatever stands before it.
_PDF, _READ_FOR_A_PDF = b"%PDF-", 1100
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heic",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation accepts: bytes of a file, pages of a PDF, pixels of an image."""

    size: int = 20 * MEGABYTE
    pages: int = 300
    pixels: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file was found to be (a key of KINDS), and its number of pages where it has any."""

    kind: str
    pages: int | None = None


def examine(path: Path, limits: Limits) -> Examined:
    """What a file is. Raises FileFault, whose sentence says why it is refused and what to do."""
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile
    if size > limits.size:
        raise TooHeavy(most=limits.size // MEGABYTE)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.startswith(_PDF) and _PDF in head[:_READ_FOR_A_PDF]:
        raise SeveralThings
    if head.startswith(_ZIP):
        return Examined(office.examine(path))
    if head.startswith(_OLD_OFFICE):
        raise OldOffice
    media = filetype.guess_mime(head)
    if media != "application/pdf" and media not in _IMAGES:
        raise UnknownKind
    if zipfile.is_zipfile(path):
        raise SeveralThings
    if media == "application/pdf":
        return _pdf(path, limits)
    kind = _IMAGES[media]
    if images.pixels(path, kind) > limits.pixels:
        raise TooManyPixels(most=limits.pixels // 1_000_000)
    return Examined(kind)


def _pdf(path: Path, limits: Limits) -> Examined:
    pages = pdf.count_pages(path.read_bytes())
    if pages > limits.pages:
        raise TooManyPages(pages=pages, most=limits.pages)
    return Examined("pdf", pages)
