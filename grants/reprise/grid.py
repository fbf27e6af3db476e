"""What a spreadsheet holds once read: sheets, rows, values; and what cannot be read of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose value is not in the file: merged away, or computed and never kept."""

    why: str


Value = str | int | float | bool | date | datetime | time | timedelta | Unreadable | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something, with its number in the file."""

    number: int
    values: tuple[Value, ...]

    def at(self, index: int) -> Value:
        """The value of a column; None past the end."""
        return self.values[index] if index < len(self.values) else None


@dataclass(frozen=True, slots=True)
class Outline:
    """A sheet, and its first rows: enough to see what its columns are."""

    name: str
    hidden: bool
    rows: tuple[Row, ...]


def is_blank_value(value: Value) -> bool:
    """Whether a cell shows nothing."""
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n\u00a0\u202f"))


def is_blank_row(values: Sequence[Value]) -> bool:
    """Whether a row shows nothing: what was merged away counts for nothing."""
    if values.count(None) == len(values):  # the quickest, for the million of rows left formatted
        return True
    return all(is_blank_value(value) or isinstance(value, Unreadable) for value in values)


def letter_of(index: int) -> str:
    """0 → « A », 26 → « AA »."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def shown(value: Value) -> str:
    """A value as a person reads it, shortened."""
    if isinstance(value, Unreadable) or value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%d/%m/%Y" if midnight else "%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return "".join(char if char.isprintable() else " " for char in str(value))[:200]
