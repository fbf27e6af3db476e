"""What is wrong in a file, cell by cell, and how it is kept until it is mended."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass

#: More than anybody mends by hand: beyond, the first ones are kept, and their number is told.
MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell to mend: where it is, what it holds, what is wrong with it.

    `column` is its index; -1 is the row as a whole.
    """

    row: int
    column: int
    title: str
    value: str
    what: str


def pack(faults: Iterable[Fault]) -> bytes:
    """Faults → what a column keeps."""
    written = json.dumps([astuple(fault) for fault in faults], ensure_ascii=False)
    return zlib.compress(written.encode())


def unpack(kept: bytes | None) -> list[Fault]:
    """What a column keeps → faults."""
    return [Fault(*each) for each in json.loads(zlib.decompress(kept))] if kept else []
