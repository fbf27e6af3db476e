"""A text that somebody wrote in Markdown, as a page draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from notifications.document import Block, Heading, Listing, Paragraph, Quote, Runs, read_markdown
from notifications.typography import french


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """One block: a heading of a `level`, a paragraph, a list of blocks, what somebody else said."""

    kind: Literal["titre", "paragraphe", "liste", "citation"]
    runs: Runs = ()
    level: int = 0
    start: int | None = None
    items: tuple[tuple[Prose, ...], ...] = ()


def prose_of(markdown: str) -> tuple[Prose, ...]:
    """The blocks of a text, set as French is; what no page draws (a table) is left out."""
    return _drawn(read_markdown(french(markdown)))


def _drawn(blocks: tuple[Block, ...]) -> tuple[Prose, ...]:
    return tuple(each for each in map(_one, blocks) if each is not None)


def _one(block: Block) -> Prose | None:
    match block:
        case Heading(level, runs):
            return Prose(kind="titre", level=level, runs=runs)
        case Paragraph(runs):
            return Prose(kind="paragraphe", runs=runs)
        case Listing(items, start):
            return Prose(kind="liste", items=tuple(map(_drawn, items)), start=start)
        case Quote(quoted):
            return Prose(kind="citation", items=(_drawn(quoted),))
    return None
