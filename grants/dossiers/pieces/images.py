"""The pixels of an image, from its own heading; nothing is decoded, so nothing can swell."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from grants.dossiers.pieces.refusals import Damaged, SeveralThings

# The markers of a JPEG that give its size; the four left out of C0–CF mean other things.
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER, _PICTURE = 0xFF, 0xDA
_OTHER_DOCUMENTS = (b"%PDF-", b"<script", b"<html", b"<svg", b"<!doctype")
_SIDES = ">II"


def pixels(path: Path, kind: str) -> int:
    """How many pixels an image has. Raises Damaged, SeveralThings."""
    content = path.read_bytes()
    try:
        width, height = _SIZES[kind](content)
    except (struct.error, IndexError) as error:
        raise Damaged from error
    if width < 1 or height < 1:
        raise Damaged
    return width * height


def _png(content: bytes) -> tuple[int, int]:
    """Chunk after chunk, down to its end and not a byte further."""
    size: tuple[int, int] = (0, 0)
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        if name == b"IHDR":
            size = struct.unpack_from(_SIDES, content, at + 8)
        at += 12 + length
        if name == b"IEND":
            break
    _require_nothing_hidden(content[at:])
    if at > len(content):
        raise Damaged
    return size


def _jpeg(content: bytes) -> tuple[int, int]:
    end = content.rfind(b"\xff\xd9")
    if end < 0:
        raise Damaged
    # Telephones add a small picture or a film after the photograph: only documents are refused.
    _require_nothing_hidden(content[end + 2 :])
    at = 2
    while content[at] == _MARKER:
        marker = content[at + 1]
        if marker == _MARKER:
            at += 1
        elif marker in _ALONE_MARKERS:
            at += 2
        elif marker == _PICTURE:
            break
        elif marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        else:
            at += 2 + struct.unpack_from(">H", content, at + 2)[0]
    raise Damaged


def _webp(content: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", content, 4)
    if length + 8 > len(content):
        raise Damaged
    _require_nothing_hidden(content[length + 8 :])
    form = content[12:16]
    if form == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _heic(content: bytes) -> tuple[int, int]:
    """The largest size that its boxes tell; the boxes must follow each other to the end."""
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, at + 8)
        if length == 0:
            break
        at += max(length, 8)
    if at > len(content):
        raise Damaged
    return max(_sides(content), key=lambda sides: sides[0] * sides[1], default=(0, 0))


def _sides(content: bytes) -> Iterator[tuple[int, int]]:
    at = content.find(b"ispe")
    while at >= 0:
        width, height = struct.unpack_from(_SIDES, content, at + 8)
        yield width, height
        at = content.find(b"ispe", at + 4)


def _require_nothing_hidden(tail: bytes) -> None:
    lowered = tail.lower()
    if any(sign.lower() in lowered for sign in _OTHER_DOCUMENTS):
        raise SeveralThings


_SIZES: Mapping[str, Callable[[bytes], tuple[int, int]]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "heic": _heic,
}
