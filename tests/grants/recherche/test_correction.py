"""How far a word may be from the one that was meant."""

from __future__ import annotations

import pytest

from grants.recherche.correction import slips
from grants.recherche.words import MOST_WORDS, read_query, words_of


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("jardin", "jardin", 0),
        ("jadrin", "jardin", 1),
        ("jardn", "jardin", 1),
        ("jarddin", "jardin", 1),
        ("jordin", "jardin", 1),
        ("jordim", "jardin", 2),
        ("jdarin", "jardin", 2),
        ("velo", "potager", 3),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted(typed: str, known: str, expected: int) -> None:
    assert slips(typed, known, 2) == expected
    assert slips(known, typed, 2) == expected


def test_a_text_becomes_words_that_every_index_knows() -> None:
    assert words_of("L’Œuvre d'Évian : n° 12_b") == ("l", "oeuvre", "d", "evian", "n", "12", "b")
    assert len(read_query(" ".join(f"mot{n}" for n in range(50)))[0]) == MOST_WORDS


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("06.12.34", "061234"),
        ("+33 (0)6 12", "330612"),
        ("12", ""),
        ("MP-2026-014", ""),
        ("2026 jardin", ""),
    ],
)
def test_digits_in_groups_are_one_number(typed: str, number: str) -> None:
    assert read_query(typed)[1] == number
