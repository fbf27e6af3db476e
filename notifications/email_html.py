"""The blocks of a letter as an e-mail: one column, styles on the elements, light or dark."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

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

LETTERHEAD = Path(__file__).resolve().parent.parent / "templates" / "letterhead"
_DEEPEST_HEADING = 3
#: The ` style="…"` of each element that a letter may hold.
Styles = Mapping[str, str]
NO_STYLE: Styles = defaultdict(str)
# Where the page takes what is a letter's own; what is put there is not looked at again.
_PLACES = re.compile(r"\{\{ (subject|name|body|signature|foot) \}\}")
_CLASS = {"th": ("", ' class="right"'), "td": (' class="cell"', ' class="cell right"')}
# One of each element, named.
_SPECIMEN = """\
<p id="p"></p><h2 id="h2"></h2><h3 id="h3"></h3><a id="a" href="x"></a>
<ul id="ul"><li id="li"><p id="li p"></p></li></ul><ol id="ol"></ol>
<blockquote id="blockquote"></blockquote>
<table id="figures" class="figures"><thead><tr><th id="th"></th><th id="th right" class="right">
</th></tr></thead><tbody><tr><td id="td" class="cell"></td><td id="td right" class="cell right">
</td></tr></tbody></table><p id="signature" class="signature"></p>
<span id="title" class="title"></span>
"""
_STYLED = re.compile(r'<[^>]* id="([^"]+)"[^>]*?( style="[^"]*")')


def as_html(
    subject: str,
    blocks: Iterable[Block],
    *,
    name: str,
    signature: Sequence[str],
    foot: Sequence[str],
) -> str:
    """The whole e-mail; every word is escaped, nothing is fetched from outside."""
    shell = _shell()
    put = {
        "subject": escape(subject),
        "name": escape(name),
        "body": body_of(blocks, shell.styles),
        "signature": _signed(signature, shell.styles),
        "foot": "<br>".join(map(escape, foot)),
    }
    return _PLACES.sub(lambda place: put[place[1]], shell.page)


def body_of(blocks: Iterable[Block], styles: Styles = NO_STYLE) -> str:
    """The blocks as HTML; every word is escaped."""
    return "\n".join(_block(block, styles) for block in blocks)


@dataclass(frozen=True, slots=True)
class _Shell:
    """The page around a letter, its styles on its elements, and those of what a letter holds."""

    page: str
    styles: Styles


@lru_cache(maxsize=1)
def _shell() -> _Shell:
    """The styles are put on the elements once, for all letters."""
    from css_inline import CSSInliner

    inliner = CSSInliner(load_remote_stylesheets=False)
    source = (LETTERHEAD / "courriel.html").read_text("utf-8")
    specimen = inliner.inline(source.replace("{{ body }}", _SPECIMEN))
    return _Shell(inliner.inline(source), dict(_STYLED.findall(specimen)))


def _signed(lines: Sequence[str], styles: Styles) -> str:
    if not lines:
        return ""
    title = f'<br><span class="title"{styles["title"]}>'
    others = (f"{title}{escape(line)}</span>" for line in lines[1:])
    return f'<p class="signature"{styles["signature"]}>{escape(lines[0])}{"".join(others)}</p>'


def _block(block: Block, styles: Styles, within: str = "p") -> str:
    match block:
        case Paragraph(runs):
            return f"<p{styles[within]}>{_runs(runs, styles)}</p>"
        case Heading(level, runs):
            tag = f"h{min(level + 1, _DEEPEST_HEADING)}"
            return f"<{tag}{styles[tag]}>{_runs(runs, styles)}</{tag}>"
        case Quote(blocks):
            told = "".join(_block(each, styles) for each in blocks)
            return f"<blockquote{styles['blockquote']}>{told}</blockquote>"
        case Listing(items, start):
            tag, first = ("ul", "") if start is None else ("ol", f' start="{start}"')
            told = "".join(_item(item, styles) for item in items)
            return f"<{tag}{first}{styles[tag]}>{told}</{tag}>"
        case Table():
            return _table(block, styles)


def _item(item: tuple[Block, ...], styles: Styles) -> str:
    match item:
        case (Paragraph(runs),):
            told = _runs(runs, styles)
        case _:
            told = "".join(_block(each, styles, "li p") for each in item)
    return f"<li{styles['li']}>{told}</li>"


def _table(table: Table, styles: Styles) -> str:
    head = "".join(
        f'<th{_CLASS["th"][right]} scope="col"{styles["th right" if right else "th"]}>'
        f"{_runs(cell, styles)}</th>"
        for cell, right in zip(table.head, table.right, strict=True)
    )
    rows = "".join(_row(row, table.right, styles) for row in table.rows)
    return (
        f'<table class="figures"{styles["figures"]}><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(row: Sequence[Runs], right: Sequence[bool], styles: Styles) -> str:
    cells = (_cell(cell, at_right, styles) for cell, at_right in zip(row, right, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(cell: Runs, right: bool, styles: Styles) -> str:
    style = styles["td right" if right else "td"]
    return f"<td{_CLASS['td'][right]}{style}>{_runs(cell, styles)}</td>"


def _runs(runs: Runs, styles: Styles) -> str:
    return "".join(_run(run, styles) for run in runs)


def _run(run: Run, styles: Styles) -> str:
    if run.text == BREAK:
        return "<br>"
    words = escape(run.text)
    if run.em:
        words = f"<em>{words}</em>"
    if run.strong:
        words = f"<strong>{words}</strong>"
    return f'<a href="{escape(run.href)}"{styles["a"]}>{words}</a>' if run.href else words
