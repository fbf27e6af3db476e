"""The rows of a file as typed answers: each cell read by the form's own reader, or told faulty."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grants.reprise.columns import Reading
from grants.reprise.faults import Fault
from grants.reprise.grid import Row, Unreadable, Value, is_blank_value, shown
from grants.reprise.targets import Target
from grants.reprise.values import as_text
from workflow.canonical import canonical
from workflow.field_contract import FieldFault, FieldType
from workflow.texts import fold

Progress = Callable[[int, int], None]
EVERY = 250
_LISTED = re.compile("[,;\n]")
_KEPT_IN_MIND = 20_000
_LINE_END = re.compile(r" *\n *")
_Read = tuple[Any, str]


@dataclass(slots=True)
class Line:
    """One row of the file: its answers by the key of their target, and their digest."""

    number: int
    values: dict[str, Any]
    faulty: bool = False

    def get(self, key: str) -> Any:
        """An answer; None for none."""
        return self.values.get(key)

    def digest(self, scope: str) -> str:
        """What the same line of the same subject is known by, whatever file it comes in."""
        told = {key: str(value) for key, value in self.values.items() if value is not None}
        return hashlib.sha256(f"{scope}\n{canonical(told)}".encode()).hexdigest()


@dataclass(slots=True)
class Lines:
    """Every row that says something, and every fault found so far."""

    reading: Reading
    titles: Mapping[int, str]
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    raw: dict[int, Row] = field(default_factory=dict)
    _blamed: set[tuple[int, str]] = field(default_factory=set)

    def blame(self, line: Line, key: str, what: str) -> None:
        """Tell what is wrong with one answer of a line, beside its own cell where it has one."""
        line.faulty = True
        if (line.number, key) in self._blamed:
            return  # one fault of a cell is enough to mend it
        self._blamed.add((line.number, key))
        index = next((i for i, kept in self.reading.chosen.items() if kept == key), -1)
        row = self.raw.get(line.number)
        value = shown(row.at(index)) if row is not None and index >= 0 else ""
        self.faults.append(Fault(line.number, index, self.titles.get(index, ""), value, what))


def read_lines(
    rows: Sequence[Row],
    reading: Reading,
    targets: Sequence[Target],
    types: Mapping[str, FieldType],
    progress: Progress,
) -> Lines:
    """Read every row under the titles. `progress` is told how many are done, of how many."""
    below = [row for row in rows if row.number > reading.header]
    heading = next((row for row in rows if row.number == reading.header), Row(reading.header, ()))
    titles = {index: " ".join(shown(heading.at(index)).split()) for index in reading.chosen}
    readers = [_Reader(index, each, types) for index, each in _chosen(reading, targets)]
    found = Lines(reading, titles)
    for done, row in enumerate(below):
        if done % EVERY == 0:
            progress(done, len(below))
        if not _says_something(row, reading) or _repeats_titles(row, heading, reading):
            continue
        line = Line(row.number, {})
        found.raw[row.number] = row
        found.lines.append(line)
        for reader in readers:
            value, fault = reader.read(row.at(reader.index))
            if fault:
                found.blame(line, reader.key, fault)
            elif value is not None:
                line.values[reader.key] = value
    progress(len(below), len(below))
    return found


def _chosen(reading: Reading, targets: Sequence[Target]) -> list[tuple[int, Target]]:
    known = {target.key: target for target in targets}
    return [(index, known[key]) for index, key in sorted(reading.chosen.items()) if key in known]


def _says_something(row: Row, reading: Reading) -> bool:
    values = [row.at(index) for index in reading.chosen]
    return any(not is_blank_value(value) and not isinstance(value, Unreadable) for value in values)


def _repeats_titles(row: Row, heading: Row, reading: Reading) -> bool:
    """Whether a row says the titles again, as printed tables do at each page."""
    there = [i for i in reading.chosen if not is_blank_value(row.at(i))]
    return all(fold(shown(row.at(i))) == fold(shown(heading.at(i))) for i in there)


class _Reader:
    """Reads one column; what was read once is not read again (communes, sectors, dates)."""

    def __init__(self, index: int, target: Target, types: Mapping[str, FieldType]) -> None:
        self.index = index
        self.key = target.key
        self._field = target.field
        self._type = types[target.field.type]
        self._known: dict[tuple[type, Value], _Read] = {}

    def read(self, value: Value) -> _Read:
        """The answer and what is wrong with it, one of the two."""
        remembered = (type(value), value)
        found = self._known.get(remembered)
        if found is None:
            found = self._read(value)
            if len(self._known) < _KEPT_IN_MIND:
                self._known[remembered] = found
        return found

    def _read(self, value: Value) -> _Read:
        try:
            if isinstance(value, str) and (self._field.multiple or self._type.many):
                parts = [as_text(part.strip(), self._field) for part in _LISTED.split(value)]
                return self._type.parse(parts, self._field), ""
            return self._type.parse(as_text(value, self._field), self._field), ""
        except FieldFault as fault:
            return None, _LINE_END.sub(" ", str(fault))
