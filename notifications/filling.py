"""The values of a letter put where its Markdown left their marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from notifications.document import (
    BREAK,
    Block,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
)
from notifications.marks import filled, is_marked

_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"]+", re.IGNORECASE)
_KEPT_IN_LINKS = "%:/?#[]@!$&'()*+,;=~"


def filled_blocks(blocks: Iterable[Block], values: Sequence[str]) -> tuple[Block, ...]:
    """The blocks with their values; those that say nothing are left out."""
    return tuple(filter(None, (_block(block, values) for block in blocks)))


def _block(block: Block, values: Sequence[str]) -> Block | None:
    match block:
        case Paragraph(runs):
            runs = _runs(runs, values)
            return Paragraph(runs) if _says(runs) else None
        case Heading(level, runs):
            # A heading is one line, whatever its value.
            runs = tuple(Run(" ") if run.text == BREAK else run for run in _runs(runs, values))
            return Heading(level, runs) if _says(runs) else None
        case Quote(within):
            filled_within = filled_blocks(within, values)
            return Quote(filled_within) if filled_within else None
        case Listing(items, start):
            found = tuple(filter(None, (filled_blocks(item, values) for item in items)))
            return Listing(found, start) if found else None
        case Table(head, rows, right):
            return Table(
                tuple(_runs(cell, values) for cell in head),
                tuple(tuple(_runs(cell, values) for cell in row) for row in rows),
                right,
            )


def _says(runs: Runs) -> bool:
    return any(run.text.strip() for run in runs)


def _runs(runs: Runs, values: Sequence[str]) -> Runs:
    if not any(run.href or is_marked(run.text) for run in runs):
        return runs
    return tuple(part for run in runs for part in _run(run, values))


def _run(run: Run, values: Sequence[str]) -> Iterator[Run]:
    href = _address(filled(run.href, values)) if run.href else ""
    if not is_marked(run.text):
        yield Run(run.text, run.strong, run.em, href) if run.href else run
        return
    for rank, words in enumerate(filled(run.text, values).split(BREAK)):
        if rank:
            yield Run(BREAK)
        if words:
            yield Run(words, run.strong, run.em, href)


def _address(raw: str) -> str:
    """Where a link may lead: a page, a mail, a number; nowhere else."""
    address = quote(raw, safe=_KEPT_IN_LINKS)
    return address if _SAFE_LINK.fullmatch(address) else ""
