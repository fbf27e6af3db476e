"""Blocks as a Word file, for those who must paste them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from notifications.document import BREAK, Block, Heading, Listing, Paragraph, Quote, Runs, Table

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as WordParagraph

#: What XML cannot hold, whoever typed it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE = "fr-FR"


@dataclass(frozen=True, slots=True)
class WordPaper:
    """What a Word file says: its title, a line over it and one under, then the blocks."""

    over: str
    title: str
    under: str
    author: str
    blocks: tuple[Block, ...]


def as_word(paper: WordPaper) -> bytes:
    """The file. Its styles are Word's own: what it is pasted into gives them its looks."""
    import docx
    from docx.oxml.ns import qn

    made = docx.Document()
    made.core_properties.title = _clean(paper.title)
    made.core_properties.author = _clean(paper.author)
    made.core_properties.language = _LANGUAGE
    made.core_properties.comments = ""
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)  # or Word would underline every word of it
    _write(made, ((), paper.over), "Subtitle")
    _write(made, ((), paper.title), "Title")
    _write(made, ((), paper.under), "Subtitle")
    _blocks(made, paper.blocks)
    into = BytesIO()
    made.save(into)
    return into.getvalue()


def _blocks(made: Document, blocks: Iterable[Block], style: str = "Normal") -> None:
    for block in blocks:
        match block:
            case Paragraph(runs):
                _write(made, (runs, ""), style)
            case Heading(level, runs):
                _write(made, (runs, ""), f"Heading {min(level, 9)}")
            case Quote(within):
                _blocks(made, within, "Quote")
            case Listing(items, start):
                kind = "List Bullet" if start is None else "List Number"
                for item in items:
                    _blocks(made, item, kind)
            case Table(head, rows, right):
                _table(made, (head, *rows), right)


def _write(made: Document, words: tuple[Runs, str], style: str) -> None:
    runs, plain = words
    if not runs and not plain:
        return
    paragraph = made.add_paragraph(style=style)
    if plain:
        paragraph.add_run(_clean(plain))
    _runs(paragraph, runs)


def _runs(paragraph: WordParagraph, runs: Runs) -> None:
    for run in runs:
        if run.text == BREAK:
            paragraph.add_run().add_break()
            continue
        added = paragraph.add_run(_clean(run.text))
        added.bold, added.italic = run.strong or None, run.em or None


def _table(made: Document, rows: Sequence[Sequence[Runs]], right: Sequence[bool]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table = made.add_table(rows=len(rows), cols=len(right), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, runs, figures in zip(row.cells, cells, right, strict=True):
            _runs(cell.paragraphs[0], runs)
            if figures:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)
