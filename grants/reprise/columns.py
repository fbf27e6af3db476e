"""Which row holds the titles, and what each column brings, guessed by its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grants.reprise.grid import Outline, Row, is_blank_value, letter_of, shown
from grants.reprise.targets import Target
from workflow.texts import fold

#: The title of the column that a corrected file carries beside what was sent.
FAULTS_TITLE = "Anomalies à corriger"
SAMPLES = 3
HEADER_ROWS = 10
_NOT_WORDS = re.compile(r"[^0-9a-z]+")
_PARENTHESES = re.compile(r"\([^)]*\)")
_LITTLE = frozenset({"d", "de", "des", "du", "en", "l", "la", "le", "les", "n", "no", "numero"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its letter, its title, and its first values."""

    index: int
    title: str
    samples: tuple[str, ...]

    @property
    def letter(self) -> str:
        """What spreadsheets call it."""
        return letter_of(self.index)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: the sheet, the number of the row of titles, the target of each column."""

    sheet: str
    header: int
    chosen: Mapping[int, str]


def columns_of(sheet: Outline, header: int) -> tuple[Column, ...]:
    """The columns that have a title or a value."""
    titles = next((row for row in sheet.rows if row.number == header), Row(header, ()))
    below = [row for row in sheet.rows if row.number > header]
    width = max((len(row.values) for row in (titles, *below)), default=0)
    found = []
    for index in range(width):
        values = [row.at(index) for row in below]
        samples = [shown(value) for value in values if not is_blank_value(value)][:SAMPLES]
        title = " ".join(shown(titles.at(index)).split())
        if title or any(samples):
            found.append(Column(index, title, tuple(filter(None, samples))))
    return tuple(found)


def guess(sheets: Sequence[Outline], targets: Sequence[Target]) -> Reading:
    """The sheet and the row of titles that speak of the most targets, and their columns."""
    known = _by_words(targets)
    best, chosen = -1, Reading("", 1, {})
    for sheet in sorted(sheets, key=lambda each: (each.hidden, not each.rows)):
        for row in sheet.rows[:HEADER_ROWS]:
            found = _named(columns_of(sheet, row.number), known)
            if len(found) > best:
                best, chosen = len(found), Reading(sheet.name, row.number, found)
    return chosen


def guess_columns(sheet: Outline, header: int, targets: Sequence[Target]) -> dict[int, str]:
    """The target of each column whose title is known; a target is given once."""
    return _named(columns_of(sheet, header), _by_words(targets))


def _named(columns: Iterable[Column], known: Mapping[str, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for column in columns:
        key = known.get(_folded(column.title)) or known.get(_words(column.title))
        if key is not None and key not in found.values():
            found[column.index] = key
    return found


def _by_words(targets: Sequence[Target]) -> dict[str, str]:
    """The key of a target by each of its names as it is written, then by their words.

    « Transmis » is the stage, « Transmis le » the date that the form asks for.
    """
    known: dict[str, str] = {}
    for read in (_folded, _words):
        for target in targets:
            known.setdefault(read(target.label), target.key)
        for target in targets:
            for name in (*target.names, target.key):
                known.setdefault(read(name), target.key)
    return {words: key for words, key in known.items() if words.strip("=")}


def _folded(title: str) -> str:
    """A title without accents, case or signs."""
    folded = fold(_PARENTHESES.sub(" ", title[:200]))
    return "=" + " ".join(word for word in _NOT_WORDS.split(folded) if word)


def _words(title: str) -> str:
    """The telling words of a title, whatever their order."""
    words = set(_folded(title).removeprefix("=").split())
    return " ".join(sorted(words - _LITTLE or words))
