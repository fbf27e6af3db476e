"""Amounts in words: each number written one way, and read back as itself by other rules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.words import TOO_LARGE, amount_in_words, number_in_words

SPELT = """zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
seize dix-sept dix-huit dix-neuf"""
UNITS: dict[str, int] = {str(word): value for value, word in enumerate(SPELT.split())}
TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
AMOUNT = re.compile(r"(?:(.+?)(?: d’| )euros?)?(?: et )?(?:(.+) centimes?)?")
POWERS = {"mille": 10**3, "million": 10**6, "milliard": 10**9}


def read(words: str) -> int:
    """A reader that knows nothing of the writer: adds, and multiplies at each power."""
    total = below = 0
    for word in words.replace(" et ", "-").replace("quatre-vingt", "octante").split(" "):
        name = word.removesuffix("s") if word not in UNITS else word
        if name in POWERS:
            total, below = total + (below or 1) * POWERS[name], 0
        elif name == "cent":
            below = (below or 1) * 100
        else:
            below += sum(digits(part) for part in word.split("-"))
    return total + below


def digits(part: str) -> int:
    if part in UNITS:
        return UNITS[part]
    return 80 if part.startswith("octante") else TENS[part]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zéro"),
        (17, "dix-sept"),
        (21, "vingt et un"),
        (22, "vingt-deux"),
        (70, "soixante-dix"),
        (71, "soixante et onze"),
        (77, "soixante-dix-sept"),
        (80, "quatre-vingts"),
        (81, "quatre-vingt-un"),
        (91, "quatre-vingt-onze"),
        (99, "quatre-vingt-dix-neuf"),
        (100, "cent"),
        (101, "cent un"),
        (180, "cent quatre-vingts"),
        (200, "deux cents"),
        (201, "deux cent un"),
        (1_000, "mille"),
        (1_100, "mille cent"),
        (2_000, "deux mille"),
        (21_000, "vingt et un mille"),
        (80_000, "quatre-vingt mille"),
        (200_000, "deux cent mille"),
        (280_080, "deux cent quatre-vingt mille quatre-vingts"),
        (1_000_000, "un million"),
        (80_000_000, "quatre-vingts millions"),
        (200_000_000, "deux cents millions"),
        (1_000_000_000, "un milliard"),
        (-12, "moins douze"),
    ],
)
def test_numbers_are_spelt_as_the_grammar_wants(number: int, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zéro euro"),
        (1, "un centime"),
        (50, "cinquante centimes"),
        (100, "un euro"),
        (101, "un euro et un centime"),
        (8_000, "quatre-vingts euros"),
        (8_100, "quatre-vingt-un euros"),
        (20_000, "deux cents euros"),
        (120_050, "mille deux cents euros et cinquante centimes"),
        (2_300_000, "vingt-trois mille euros"),
        (20_000_000, "deux cent mille euros"),
        (100_000_000, "un million d’euros"),
        (100_020_000, "un million deux cents euros"),
        (300_000_001, "trois millions d’euros et un centime"),
        (200_000_000_000, "deux milliards d’euros"),
        (-150, "moins un euro et cinquante centimes"),
    ],
)
def test_amounts_are_spelt_as_the_grammar_wants(cents: int, words: str) -> None:
    assert amount_in_words(cents) == words


@given(st.integers(0, TOO_LARGE - 1))
def test_a_number_in_words_is_read_back_as_itself(number: int) -> None:
    assert read(number_in_words(number)) == number


@given(st.integers(0, 10**6))
def test_the_nearest_numbers_have_other_words(number: int) -> None:
    assert number_in_words(number) != number_in_words(number + 1)


@given(st.integers(0, 999_999_999_999))
def test_an_amount_in_words_is_read_back_as_itself(cents: int) -> None:
    match = AMOUNT.fullmatch(amount_in_words(cents))
    assert match is not None
    assert 100 * read(match[1] or "zéro") + read(match[2] or "zéro") == cents


@given(st.integers(0, TOO_LARGE - 1))
def test_only_round_hundreds_and_quatre_vingts_take_an_s(number: int) -> None:
    words = number_in_words(number).split(" ")
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in ("cents", "quatre-vingts"):
            assert after == "" or after.startswith("milli")


def test_what_no_amount_reaches_has_no_words() -> None:
    with pytest.raises(ValueError, match="mille milliards"):
        number_in_words(TOO_LARGE)
