"""A letter as blocks: what its Markdown says, read once; its text, e-mail and PDF come of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DEEPEST = 20
BREAK = "\n"
_WORDS = {"softbreak": " ", "hardbreak": BREAK}


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one manner. A line break is a run of its own, « \\n »."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the letter, from 1; the subject of the letter stands above them all."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Listing:
    """Dashes, or numbers from `start`."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said: a reason given, an answer."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head. `right`: the columns whose figures are aligned."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    right: tuple[bool, ...]


Block = Paragraph | Heading | Listing | Quote | Table


def read_markdown(source: str) -> tuple[Block, ...]:
    """Markdown → blocks, their values still marks; links lead nowhere yet: see `filling`."""
    reader = _Reader(_parser().parse(source))
    return _stepped(tuple(reader.blocks("")))


def _stepped(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Headings that go down one step at a time, from 1, whatever the levels they were given."""
    levels = sorted({block.level for block in blocks if isinstance(block, Heading)})
    if levels == [1] or not levels:
        return blocks
    before = 0
    stepped: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            before = min(levels.index(block.level) + 1, before + 1)
            block = Heading(before, block.runs)  # noqa: PLW2901 - the same heading, elsewhere
        stepped.append(block)
    return tuple(stepped)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    made.enable("table")
    # Neither code nor pictures in a letter, and no indentation that turns words into code.
    made.disable(["code", "fence", "reference", "lheading", "hr", "html_block"])
    made.disable(["backticks", "html_inline", "image"])
    # Addresses are looked at once their values are back.
    made.normalizeLink = lambda url: url
    made.normalizeLinkText = lambda link: link
    made.validateLink = lambda url: url != ""
    return made


class _Reader:
    """The tokens of one letter, read once from the first to the last."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = iter(tokens)
        self._depth = 0

    def blocks(self, end: str) -> Iterable[Block]:
        """The blocks up to the token that closes them."""
        for token in self._tokens:
            if token.type == end:
                return
            block = self._block(token)
            if block is not None:
                yield block

    def _block(self, token: Token) -> Block | None:
        kind = token.type
        if kind == "paragraph_open":
            runs = self._inline_until("paragraph_close")
            return Paragraph(runs) if runs else None
        if kind == "heading_open":
            runs = self._inline_until("heading_close")
            return self._heading(int(token.tag[1:]), runs) if runs else None
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = None if kind == "bullet_list_open" else int(token.attrGet("start") or 1)
            items = tuple(self._items(kind.replace("open", "close")))
            return Listing(items, start) if items else None
        if kind == "blockquote_open":
            within = self._inside("blockquote_close")
            return Quote(within) if within else None
        return self._table() if kind == "table_open" else None

    def _inside(self, end: str) -> tuple[Block, ...]:
        self._depth += 1
        try:
            return tuple(self.blocks(end))
        finally:
            self._depth -= 1

    def _heading(self, level: int, runs: Runs) -> Block:
        """In a list or a quotation, where no reader looks for one, its words are strong."""
        if not self._depth:
            return Heading(level, runs)
        return Paragraph(tuple(Run(run.text, strong=True, href=run.href) for run in runs))

    def _items(self, end: str) -> Iterable[tuple[Block, ...]]:
        for token in self._tokens:
            if token.type == end:
                return
            item = self._inside("list_item_close")
            if item:
                yield item

    def _table(self) -> Table:
        rows: list[list[Runs]] = []
        right: list[bool] = []
        for token in self._tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                if token.type == "th_open":
                    right.append("right" in str(token.attrGet("style")))
                rows[-1].append(self._inline_until(token.type.replace("open", "close")))
        head, *others = (tuple(row) for row in rows)
        return Table(head, tuple(others), tuple(right))

    def _inline_until(self, end: str) -> Runs:
        runs: Runs = ()
        for token in self._tokens:
            if token.type == end:
                break
            runs = tuple(self._runs(token.children or ()))
        return runs if any(run.text.strip() for run in runs) else ()

    def _runs(self, tokens: Iterable[Token]) -> list[Run]:
        found: list[Run] = []
        strong = em = 0
        href = ""
        for token in tokens:
            kind = token.type
            if kind in ("strong_open", "strong_close"):
                strong += token.nesting
            elif kind in ("em_open", "em_close"):
                em += token.nesting
            elif kind in ("link_open", "link_close"):
                href = str(token.attrGet("href") or "") if token.nesting > 0 else ""
            else:
                words = _WORDS.get(kind, token.content)
                if words:
                    found.append(Run(words, bool(strong), bool(em), href))
        return found
