"""Blocks made of plain words: what the minutes are written with, as French is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from notifications.document import Heading, Paragraph, Run, Runs, Table
from notifications.typography import french


def heading(words: str) -> Heading:
    """A heading under that of the paper."""
    return Heading(1, (Run(french(words)),))


def paragraph(*words: str | Run) -> Paragraph:
    """Words in a row."""
    runs = (Run(each) if isinstance(each, str) else each for each in words)
    return Paragraph(tuple(replace(run, text=french(run.text)) for run in runs))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: int = 0) -> Table:
    """Words in rows. `right`: how many of the last columns hold figures."""
    sides = tuple(rank >= len(head) - right for rank in range(len(head)))
    return Table(_cells(head), tuple(_cells(row) for row in rows), sides)


def _cells(words: Sequence[str]) -> tuple[Runs, ...]:
    return tuple((Run(french(each)),) for each in words)
