"""CSV files: their encoding and their separator recognised, their records read."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from grants.reprise.grid import MOST_COLUMNS, MOST_ROWS, Row, is_blank_row, is_blank_value
from grants.reprise.unreadable import (
    BrokenQuotes,
    EmptyFile,
    TooManyColumns,
    TooManyRows,
    UnknownEncoding,
    UnreadableFile,
)

SHEET = "Feuille"
_SEPARATORS = ";,\t|"
_LOOKED_AT = 40
_MOST_CONTROLS = 0.02
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAID = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
# Letters of Windows-1252 stand where the ISO encodings have only commands.
_WINDOWS = re.compile(rb"[\x80-\x9f]")
_NEUTRAL = re.compile(r"'(?=[=+\-@\t\r])")


def decode(content: bytes) -> str:
    """The text of a CSV file. Raises EmptyFile, UnknownEncoding, UnreadableFile."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            text = _strictly(content, encoding)
            break
    else:
        text = _guessed(content)
    if not text.strip():
        raise EmptyFile
    if len(_CONTROLS.findall(text)) > max(3, len(text) * _MOST_CONTROLS):
        raise UnreadableFile
    return text


def separator_of(text: str) -> str:
    """The separator that cuts the first records into the same number of columns, most often."""
    said = _SAID.match(text)
    if said:
        return said[1]
    lines = "\n".join(text.splitlines()[:_LOOKED_AT])
    best, chosen = (0, 0), ";"
    for separator in _SEPARATORS:
        try:
            widths = [len(record) for record in csv.reader(io.StringIO(lines), delimiter=separator)]
        except csv.Error:
            continue
        several = Counter(width for width in widths if width > 1)
        if several:
            width, times = several.most_common(1)[0]
            if (times, width) > best:
                best, chosen = (times, width), separator
    return chosen


def records(text: str, most: int | None = None) -> Iterator[Row]:
    """The records that hold something. Raises BrokenQuotes, TooManyRows, TooManyColumns."""
    separator = separator_of(text)
    said = _SAID.match(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    kept = 0
    try:
        for number, record in enumerate(reader, start=1):
            values = tuple(_NEUTRAL.sub("", value, count=1) or None for value in record)
            if is_blank_row(values) or (said and number == 1):
                continue
            if any(not is_blank_value(value) for value in values[MOST_COLUMNS:]):
                raise TooManyColumns
            kept += 1
            if kept > MOST_ROWS + 1:
                raise TooManyRows
            yield Row(number, values[:MOST_COLUMNS])
            if most is not None and kept >= most:
                return
    except csv.Error:
        raise BrokenQuotes from None


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UnknownEncoding from None


def _guessed(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # ISO-8859-15 says of 8859-1 all that a French text uses, and has the euro and « œ » as well.
    return _strictly(content, "cp1252" if _WINDOWS.search(content) else "iso-8859-15")
