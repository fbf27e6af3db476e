"""A comparison of printers is fair when each prints the same letter."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

from benchmarks.letter_peers.bare import BareCompiler
from benchmarks.letter_peers.weasy import html_of, words_of
from benchmarks.letters import BARE, EDITED, EMAIL, HOUSE, WEASYPRINT, LetterRates, rows, written
from benchmarks.rounds import Rates
from notifications.render import as_pdf
from tests.builders.lettering import faults_of_pdf


def text(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_other_printer_is_given_every_word_of_the_letter() -> None:
    letter = written("Un jardin")
    printed = re.findall(r"\w+", text(as_pdf(letter)).replace("Page 1 / 1", ""))
    given = words_of(html_of(letter.sheet))
    # It numbers the items of its lists by itself.
    assert sorted([*given, "1", "2"]) == sorted(printed)


def test_the_bare_compiler_prints_the_same_letter() -> None:
    letter = written("Un jardin")
    bare = BareCompiler()
    assert text(bare.compile(bare.prepare(letter.sheet))) == text(as_pdf(letter))
    assert faults_of_pdf(as_pdf(letter)) == []


def test_a_ratio_below_what_is_aimed_at_says_so() -> None:
    printed = Rates({HOUSE: [70.0, 70.0], BARE: [100.0, 100.0], WEASYPRINT: [10.0, 10.0]})
    mailed = Rates({EMAIL: [400.0, 400.0], EDITED: [300.0, 300.0]})
    lines = rows(LetterRates(printed, mailed))
    assert lines[0] == [
        "PDF, Microprojets",
        "70 [70–70]",
        "**7,00** (visé : 6,00) ✓",
        "**0,70** (visé : 0,80) ✗ manqué",
    ]
    assert [line[0] for line in lines[3:]] == [EMAIL, EDITED]
