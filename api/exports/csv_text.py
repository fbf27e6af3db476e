"""A CSV file as a French Excel opens it: UTF-8 with its mark, « ; », decimal comma."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from api.exports.values import IN_HUNDREDTHS, Rows, heading, is_dangerous
from api.presentation.listed_columns import Column, Value

_BLOCK = 64 * 1024
_QUOTED = frozenset(';"\r\n')


def csv_file(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """The file, some lines at a time."""
    held = ["\ufeff" + _line([_text(heading(column)) for column in columns])]
    size = 0
    for row in rows:
        told = _line([_cell(column, value) for column, value in zip(columns, row, strict=True)])
        held.append(told)
        size += len(told)
        if size >= _BLOCK:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


def _line(cells: Sequence[str]) -> str:
    return ";".join(cells) + "\r\n"


def _cell(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int):
        return _amount(value) if column.kind in IN_HUNDREDTHS else str(value)
    return _text(value)


def _amount(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole},{rest:02d}"


def _text(text: str) -> str:
    """The text, an apostrophe before what would be a formula, quoted where it must be."""
    if is_dangerous(text):
        text = f"'{text}"
    if _QUOTED.isdisjoint(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
