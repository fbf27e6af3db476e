"""The characters that the font of the letters can print; others would spoil the whole PDF."""

from __future__ import annotations

import struct
import unicodedata
from pathlib import Path

_TABLES, _TABLE_ROW = 12, 16
_MAPS, _MAP_ROW = 4, 8
_GROUPS, _GROUP_ROW = 16, 12
_SEGMENTED = 12
#: What stands for a character that the font has not.
UNKNOWN = "□"
_SILENT = ("Cf", "Cc", "Mn", "Me")


class Printable(dict[int, str]):
    """A table for `str.translate`: each character, or the nearest one that the font has."""

    def __init__(self, font: Path) -> None:
        super().__init__()
        self.covered = covered_by(font.read_bytes())

    def __missing__(self, code: int) -> str:
        """Looked for once, then known."""
        character = chr(code)
        self[code] = character if code in self.covered else self._nearest(character)
        return self[code]

    def _nearest(self, character: str) -> str:
        plain = "".join(
            each for each in unicodedata.normalize("NFKD", character) if ord(each) in self.covered
        )
        if plain:
            return plain
        return "" if unicodedata.category(character) in _SILENT else UNKNOWN


def covered_by(font: bytes) -> frozenset[int]:
    """The code points of an OpenType font, from its segmented coverage map."""
    (count,) = struct.unpack_from(">H", font, 4)
    rows = (struct.unpack_from(">4sIII", font, _TABLES + _TABLE_ROW * row) for row in range(count))
    start = next(offset for name, _, offset, _ in rows if name == b"cmap")
    (maps,) = struct.unpack_from(">H", font, start + 2)
    for row in range(maps):
        (offset,) = struct.unpack_from(">I", font, start + _MAPS + _MAP_ROW * row + 4)
        if struct.unpack_from(">H", font, start + offset)[0] == _SEGMENTED:
            return _segments(font, start + offset)
    raise ValueError("cmap")


def _segments(font: bytes, at: int) -> frozenset[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    found: set[int] = set()
    for row in range(count):
        first, last, _ = struct.unpack_from(">III", font, at + _GROUPS + _GROUP_ROW * row)
        found.update(range(first, last + 1))
    return frozenset(found)
