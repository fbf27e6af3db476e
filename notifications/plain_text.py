"""The blocks of a letter as plain text: what a program that shows no HTML shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from notifications.document import Block, Heading, Listing, Paragraph, Quote, Runs, Table

_SILENT = ("mailto:", "tel:")


def as_text(blocks: Iterable[Block]) -> str:
    """Paragraphs under empty lines, dashes, numbers, columns."""
    return "\n\n".join(filter(None, map(_block, blocks)))


def words_of(runs: Runs) -> str:
    """The words, each link followed by where it leads when they do not say it."""
    return "".join(
        f"{run.text} ({run.href})"
        if run.href and not run.href.startswith(_SILENT) and run.href != run.text
        else run.text
        for run in runs
    ).strip(" ")


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs) | Heading(_, runs):
            return words_of(runs)
        case Quote(blocks):
            return _prefixed(as_text(blocks), "> ", "> ")
        case Listing(items, start):
            return _listing(items, start)
        case Table():
            return _table(block)


def _listing(items: Sequence[tuple[Block, ...]], start: int | None) -> str:
    lines = []
    for rank, item in enumerate(items):
        mark = "- " if start is None else f"{start + rank}. "
        # What an item holds stands close together: a list inside it follows its line.
        lines.append(_prefixed("\n".join(map(_block, item)), mark, " " * len(mark)))
    return "\n".join(lines)


def _prefixed(text: str, first: str, next_: str) -> str:
    head, *others = text.split("\n")
    return "\n".join([f"{first}{head}".rstrip(), *(f"{next_}{line}".rstrip() for line in others)])


def _table(table: Table) -> str:
    rows = [[_cell(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    right = (*table.right, *(False for _ in widths))
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at_right else cell.ljust(width)
            for cell, width, at_right in zip(row, widths, right, strict=False)
        ).rstrip()
        for row in rows
    )


def _cell(runs: Runs) -> str:
    return words_of(runs).replace("\n", " ")
