"""A PDF whose streams end without a doubt: no data byte that reads as part of the line's end.

A stream's last byte may happen to be a carriage return, once in 256. Before the line feed that
PDF/A asks for, it reads as « CR LF », and the stream as one byte shorter than it says: strict
readers refuse the file. Such a stream is given one more byte, which follows its compressed data
and is not read, and the table of the objects moves with it.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_DOUBT = b"\r\nendstream"
_LENGTH = re.compile(rb"/Length (\d+)")
_ENTRY = re.compile(rb"(\d{10})( \d{5} n\r\n)")
_START = re.compile(rb"startxref\n(\d+)\n")


def settled(pdf: bytes) -> bytes:
    """The same document, its streams' lengths beyond doubt. ValueError for what is no such PDF."""
    if _DOUBT not in pdf:
        return pdf
    start = _START.search(pdf, pdf.rindex(b"startxref"))
    if start is None:
        raise ValueError("startxref")
    table = int(start[1])
    body, moved = _lengthened(pdf[:table])

    def shifted(entry: re.Match[bytes]) -> bytes:
        offset = int(entry[1])
        return b"%010d%s" % (offset + bisect_left(moved, offset), entry[2])

    objects = _ENTRY.sub(shifted, pdf[table : start.start(1)])
    return body + objects + b"%d" % len(body) + pdf[start.end(1) :]


def _lengthened(body: bytes) -> tuple[bytes, list[int]]:
    """The objects, and where each of the bytes that they gained went in."""
    parts: list[bytes] = []
    moved: list[int] = []
    done, found = 0, body.find(_DOUBT)
    while found >= 0:
        length = _LENGTH.search(body, body.rindex(b" obj\n", 0, found))
        if length is None:
            raise ValueError("Length")
        longer = b"%d" % (int(length[1]) + 1)
        moved += [length.end(1)] * (len(longer) - len(length[1]))
        end = found + 1
        moved.append(end)
        parts += [body[done : length.start(1)], longer, body[length.end(1) : end], b"\n"]
        done, found = end, body.find(_DOUBT, end)
    return b"".join([*parts, body[done:]]), moved
