"""A letter as an e-mail: for those who see HTML, and for those who do not."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import css_inline
import pytest

from notifications.email_html import LETTERHEAD
from notifications.render import Written, digest_of
from tests.builders.lettering import BODY, HEAD, REFERENCE, with_, written

SOURCE = LETTERHEAD / "courriel.html"
GOLDEN = Path(__file__).parent / "lettre"


class _Page(HTMLParser):
    """The tags of a page with their attributes, its words, and whether all that opens closes."""

    VOID = ("meta", "br", "hr", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


@pytest.fixture(scope="module")
def letter() -> Written:
    return written()


def test_the_text_and_the_page_are_those_that_were_looked_at(letter: Written) -> None:
    assert letter.text == (GOLDEN / "accord.txt").read_text("utf-8")
    assert letter.html == (GOLDEN / "accord.html").read_text("utf-8")


def test_the_page_fetches_nothing_and_says_it_is_french(letter: Written) -> None:
    page = _Page(letter.html)
    assert page.open == []
    html = dict(page.tags)["html"]
    assert html["lang"] == "fr"
    assert not {"img", "link", "script", "iframe"} & {tag for tag, _ in page.tags}
    assert "url(" not in letter.html
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a"] == [
        "mailto:max@tremplin.example",
        "https://tremplin.example/aide",
    ]


def test_styles_stand_on_the_elements_and_dark_ones_at_the_top(letter: Written) -> None:
    page = _Page(letter.html)
    assert all("style" in attrs for tag, attrs in page.tags if tag in ("p", "h1", "a", "td"))
    (style,) = re.findall(r"<style[^>]*>(.*?)</style>", letter.html, re.DOTALL)
    assert "prefers-color-scheme: dark" in style
    assert "max-width: 480px" in style
    assert all(line.startswith(("@", " ", "}")) or not line for line in style.split("\n"))


def test_who_signs_and_who_writes_is_told(letter: Written) -> None:
    words = " ".join(" ".join(_Page(letter.html).words).split())
    assert "Camille Exemple La directrice Tremplin 06" in words
    assert f"Référence : {REFERENCE}" in words
    assert "12, rue de la République, 06300 Nice" in words
    assert letter.text.endswith("Camille Exemple\nLa directrice\nTremplin 06\n")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><b>x', "*a*", "&amp;"])
def test_html_and_markdown_in_a_name_are_shown(name: str) -> None:
    letter = written("Pour {{ porteur.nom }}.", context=with_("porteur", nom=name))
    assert f"Pour {name}." in "".join(_Page(letter.html).words)
    assert f"Pour {name}." in letter.text
    assert "<script" not in letter.html


def test_an_organisme_named_in_html_is_shown_too() -> None:
    letter = written(head=replace(HEAD, name="<b>A & B</b>"), subject="<i>x</i>")
    assert "<b>" not in letter.html
    assert "<i>" not in letter.html
    assert "<b>A & B</b>" in _Page(letter.html).words


def test_the_digest_tells_any_difference(letter: Written) -> None:
    others = [
        written(),
        written(subject="Autre"),
        written(BODY + "Fin."),
        written(attachments=("rendez_vous.ics",)),
        written(context=with_("dossier", titre="Un potager")),
    ]
    digests = [digest_of(each) for each in (letter, *others)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(others)


def test_the_styles_put_once_are_those_that_each_page_would_be_given(letter: Written) -> None:
    bare = re.sub(r' style="[^"]*"', "", letter.html)
    sheet = re.search(r"<style>.*?</style>", SOURCE.read_text("utf-8"), re.DOTALL)
    assert sheet is not None
    inlined = css_inline.inline(bare.replace("<title>", f"{sheet[0]}<title>"))
    assert _Page(inlined).tags == _Page(letter.html).tags
