"""The blocks of a letter as an e-mail: one column, styles on the elements, light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from notifications.document import Block, Heading, Listing, Paragraph, Quote, Run, Runs, Table

if TYPE_CHECKING:
    from css_inline import CSSInliner

LETTERHEAD = Path(__file__).resolve().parent.parent / "templates" / "letterhead"
_DEEPEST_HEADING = 3


def as_html(
    subject: str,
    blocks: Iterable[Block],
    *,
    name: str,
    signature: Sequence[str],
    foot: Sequence[str],
) -> str:
    """The whole e-mail; every word is escaped, nothing is fetched from outside."""
    page = _template().render(
        subject=subject,
        name=name,
        body=Markup(body_of(blocks)),  # noqa: S704 - escaped word by word
        signature=signature,
        foot=foot,
    )
    return _inliner().inline(page)


def body_of(blocks: Iterable[Block]) -> str:
    """The blocks as HTML, without a style; every word is escaped."""
    return "\n".join(map(_block, blocks))


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string((LETTERHEAD / "courriel.html").read_text("utf-8"))


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False)


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs):
            return f"<p>{_runs(runs)}</p>"
        case Heading(level, runs):
            tag = f"h{min(level + 1, _DEEPEST_HEADING)}"
            return f"<{tag}>{_runs(runs)}</{tag}>"
        case Quote(blocks):
            return f"<blockquote>{''.join(map(_block, blocks))}</blockquote>"
        case Listing(items, start):
            tag, opening = ("ul", "ul") if start is None else ("ol", f'ol start="{start}"')
            return f"<{opening}>{''.join(map(_item, items))}</{tag}>"
        case Table():
            return _table(block)


def _item(item: tuple[Block, ...]) -> str:
    match item:
        case (Paragraph(runs),):
            return f"<li>{_runs(runs)}</li>"
        case _:
            return f"<li>{''.join(map(_block, item))}</li>"


def _table(table: Table) -> str:
    head = "".join(map(_column, table.head, table.right))
    rows = "".join(f"<tr>{''.join(map(_cell, row, table.right))}</tr>" for row in table.rows)
    return f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _column(cell: Runs, right: bool) -> str:
    side = ' class="right"' if right else ""
    return f'<th scope="col"{side}>{_runs(cell)}</th>'


def _cell(cell: Runs, right: bool) -> str:
    side = " right" if right else ""
    return f'<td class="cell{side}">{_runs(cell)}</td>'


def _runs(runs: Runs) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    if run.text == "\n":
        return "<br>"
    words = escape(run.text)
    if run.em:
        words = f"<em>{words}</em>"
    if run.strong:
        words = f"<strong>{words}</strong>"
    return f'<a href="{escape(run.href)}">{words}</a>' if run.href else words
