"""What somebody types, as the words that the index knows."""

from __future__ import annotations

import unicodedata

from workflow.texts import fold

LONGEST_QUERY = 100
MOST_WORDS = 8
LONGEST_WORD = 60
_FEWEST_DIGITS = 3
_AROUND_DIGITS = frozenset(" .-+()/\u00a0\u202f")

#: Words of which all must be met, each by any of its spellings: « (jardin ou jardins) et lez ».
Groups = tuple[tuple[str, ...], ...]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without accents or case, each once, in order."""
    spaced = "".join(char if _is_of_a_word(char) else " " for char in fold(text))
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in spaced.split()))


def read_query(text: str) -> tuple[tuple[str, ...], str]:
    """The words to find, and the number that they may be when they are digits in groups."""
    typed = text[:LONGEST_QUERY]
    words = words_of(typed)[:MOST_WORDS]
    digits = "".join(char for char in typed if char.isascii() and char.isdigit())
    rest = {char for char in typed if not (char.isascii() and char.isdigit())}
    is_number = len(words) > 1 and len(digits) >= _FEWEST_DIGITS and rest <= _AROUND_DIGITS
    return words, digits if is_number else ""


def _is_of_a_word(char: str) -> bool:
    """Letters and digits, in the old Unicode that every index agrees about."""
    if char.isascii():
        return char.isalnum()
    return unicodedata.ucd_3_2_0.category(char)[0] in "LN"
