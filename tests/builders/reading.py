"""What a reader sees of a page: its links, its words, the papers of its forms."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from tests.builders.visitors import Answer, Visitor

_LINK = re.compile(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def words(html: str) -> str:
    """The text of a page, every kind of space made an ordinary one."""
    body = html[html.find("<main") :] if "<main" in html else html
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return " ".join(unescape(_TAG.sub(" ", body)).split())


def said(answer: Answer) -> str:
    """The words of an answer, apostrophes made plain."""
    return words(answer.text).replace("’", "'")


def landed(visitor: Visitor, answer: Answer) -> str:
    """The words of the page that an answer leads to."""
    assert answer.status_code == 303, said(answer)
    shown = visitor.get(answer.headers["location"])
    assert shown.status_code == 200
    return said(shown)


def links(answer: Answer) -> list[tuple[str, str]]:
    """(words, address) of every link, in the order of the page."""
    return [(words(text), unescape(url)) for url, text in _LINK.findall(answer.text)]


def link(answer: Answer, text: str) -> str:
    """The address of the first link that says this."""
    for said, url in links(answer):
        if text in said:
            return url
    raise AssertionError(f"no link says « {text} »")


def query_of(url: str) -> dict[str, str]:
    """The pairs of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def hidden(answer: Answer, action: str, name: str) -> str:
    """What a form of the page, sent to that address, carries under a hidden name."""
    held = re.compile(rf'name="{name}" value="([^"]*)"')
    forms = re.finditer(
        rf'<form[^>]*action="{re.escape(action)}".*?</form>', answer.text, re.DOTALL
    )
    found = next(filter(None, (held.search(form[0]) for form in forms)), None)
    assert found, f"no {name} in a form to {action}"
    return unescape(found[1])


def rows(answer: Answer) -> list[str]:
    """The addresses of the dossiers that a list shows, in order."""
    return re.findall(r'class="row-link" href="([^"]*)"', answer.text)


def cards(answer: Answer) -> list[str]:
    """The addresses of the dossiers that a board shows, in order."""
    return re.findall(r'class="board-link" href="([^"]*)"', answer.text)


def chips(answer: Answer) -> dict[str, str]:
    """The filters in force: what each says, and the address without it."""
    return {
        said.removeprefix("Retirer le filtre "): url
        for said, url in links(answer)
        if said.startswith("Retirer le filtre ")
    }
