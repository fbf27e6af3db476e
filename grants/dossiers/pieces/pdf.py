"""A PDF read just enough: whole, neither locked nor bearing scripts, so many pages.

Nothing of it is interpreted. Names are looked for in its bytes and in its compressed objects,
whose inflation is bounded: no file can make this run for long, nor take much memory.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from grants.dossiers.pieces.refusals import (
    Damaged,
    HasScripts,
    Locked,
    SeveralThings,
    Swollen,
)

_MOST_INFLATED = 64 * 1024 * 1024
_MOST_OBJECT_STREAMS = 50_000
_END = b"%%EOF"
_LONGEST_TAIL = 1024
_LONGEST_HEADING = 1 << 16
_BLANK = b"\x00\t\n\x0c\r "

_ESCAPED = re.compile(rb"/[A-Za-z0-9#]{2,120}")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_LOCKS = re.compile(rb"/Encrypt(?![A-Za-z])")
_SCRIPTS = re.compile(rb"/(?:JavaScript|Launch|XFA|RichMedia)(?![A-Za-z])")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_OBJECTS = re.compile(rb"/Type\s*/ObjStm")
_STREAM = re.compile(rb">>\s*stream\r?\n")
_DECODES = re.compile(rb"/(?:[A-Za-z0-9]+Decode|Fl|AHx|A85|LZW|RL)(?![A-Za-z])")
_DEFLATED = re.compile(rb"/(?:FlateDecode|Fl)(?![A-Za-z])")
_FILTERED = re.compile(rb"/Filter(?![A-Za-z])")


def count_pages(content: bytes) -> int:
    """How many pages a PDF has. Raises Damaged, Locked, HasScripts, SeveralThings, Swollen."""
    _require_whole(content)
    pages = 0
    for text in (content, *_packed_objects(content)):
        plain = _without_escapes(text)
        if _LOCKS.search(plain):
            raise Locked
        if _SCRIPTS.search(plain):
            raise HasScripts
        pages += len(_PAGE.findall(plain))
    if not pages:
        raise Damaged
    return pages


def _require_whole(content: bytes) -> None:
    """It begins as a PDF, ends as one, and nothing else comes after."""
    if not content.startswith(b"%PDF-"):
        raise SeveralThings
    end = content.rfind(_END)
    if end < 0:
        raise Damaged
    tail = content[end + len(_END) :].strip(_BLANK)
    if len(tail) > _LONGEST_TAIL or b"<" in tail or b"PK" in tail:
        raise SeveralThings
    if b"startxref" not in content[max(0, end - _LONGEST_TAIL) : end]:
        raise Damaged


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """The text of every stream that packs objects: a script may stand in one of them."""
    left, count, before = _MOST_INFLATED, 0, 0
    for start in _STREAM.finditer(content):
        heading = content[max(before, start.start() - _LONGEST_HEADING) : start.start()]
        before = start.end()
        if not _OBJECTS.search(plain := _without_escapes(heading)):
            continue
        count += 1
        if count > _MOST_OBJECT_STREAMS:
            raise Swollen
        if not _FILTERED.search(plain):
            continue  # written plainly: read with the rest of the file
        if len(_DECODES.findall(plain)) != 1 or not _DEFLATED.search(plain) or b"/Pred" in plain:
            raise Damaged
        text = _inflated(content, start.end(), left)
        left -= len(text)
        yield text


def _inflated(content: bytes, at: int, most: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        text = machine.decompress(memoryview(content)[at:], most)
    except zlib.error as error:
        raise Damaged from error
    if machine.unconsumed_tail and not machine.eof:
        raise Swollen
    return text


def _without_escapes(text: bytes) -> bytes:
    """Names as they read: « /J#61vaScript » is « /JavaScript »."""
    if b"#" not in text:
        return text

    def plain(name: re.Match[bytes]) -> bytes:
        return _HEX.sub(lambda pair: bytes([int(pair[1], 16)]), name[0])

    return _ESCAPED.sub(plain, text)
