"""Strict text: what people type or paste, cleaned or refused with a French sentence."""

from __future__ import annotations

import inspect
import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache


class InputFault(ValueError):
    """Cette réponse ne convient pas."""

    def __init__(self, message: str | None = None) -> None:
        """Without a message, the docstring of the class is the sentence that the user reads."""
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))


class TextFault(InputFault):
    """Ce texte ne peut pas être lu. Retapez-le au clavier."""


class ControlCharacter(TextFault):
    """Ce texte contient un caractère de commande invisible. Retapez-le au clavier."""


class BrokenCharacter(TextFault):
    """Ce texte contient un caractère abîmé. Retapez-le au clavier."""


class DirectionOverride(TextFault):
    """Ce texte contient une marque qui change le sens de lecture. Retapez-le au clavier."""


class SeveralLines(TextFault):
    """Écrivez ce texte sur une seule ligne."""


class TextTooLong(TextFault):
    """Ce texte est trop long. Raccourcissez-le."""


_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NONCHARACTERS = "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
_BROKEN = re.compile(f"[\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")

# Left behind by word processors and web pages; they would make two equal names differ. The two
# joiners (200C, 200D) stay: some scripts and family emojis are made of them.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2064\ufeff]")
_BLANK_LETTERS = frozenset("\t\n\r\u115f\u1160\u2800\u3164\uffa0")
_BLANK_CATEGORIES = frozenset({"Cf", "Zl", "Zp", "Zs"})

# One composed character comes from at most four decomposed ones, so what is longer than that
# cannot become short enough: it is refused before the costly normalisation.
_LONGEST_DECOMPOSITION = 4


def clean_text(raw: str, *, longest: int, multiline: bool = False) -> str:
    """The text in NFC, stripped, its line ends made `\\n`; empty when nothing in it is visible.

    Lengths are counted in characters (code points). Raises TextFault. A private-use character
    is let through: word processors paste their bullets so.
    """
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", raw)).strip(" \t\n\u00a0\u202f")
    _refuse_unreadable(text)
    if len(text) > longest * _LONGEST_DECOMPOSITION:
        raise _too_long(len(text), longest)
    text = unicodedata.normalize("NFC", text).strip()
    if is_blank(text):
        return ""
    if not multiline and "\n" in text:
        raise SeveralLines
    if not multiline and "\t" in text:
        raise ControlCharacter
    if len(text) > longest:
        raise _too_long(len(text), longest)
    return text


def is_blank(text: str) -> bool:
    """Whether nothing would be seen of it: only spaces, line ends and zero-width characters."""
    return all(
        char in _BLANK_LETTERS
        or "\ufe00" <= char <= "\ufe0f"
        or unicodedata.category(char) in _BLANK_CATEGORIES
        for char in text
    )


def _refuse_unreadable(text: str) -> None:
    if _BROKEN.search(text):
        raise BrokenCharacter
    if _DIRECTIONS.search(text):
        raise DirectionOverride
    if _CONTROLS.search(text):
        raise ControlCharacter


def _too_long(length: int, longest: int) -> TextTooLong:
    return TextTooLong(f"Ce texte compte {length} caractères. Réduisez-le à {longest} au plus.")


_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "\u2019": "'", "\u2018": "'", "\u02bc": "'"}
)


def fold(text: str) -> str:
    """A key that forgets accents, case, ligatures and the amount of space: « Œuvre » → oeuvre.

    Folding twice changes nothing.
    """
    folded = _without_marks(_without_marks(text).casefold()).translate(_LIGATURES)
    return " ".join(folded.split())


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


# From 0.86 on, « Jardins de Cocagne » meets « Le jardin de Cocagne » and one slip of the
# keyboard in a word of seven letters; « ADIE » and « ADIL » stay apart.
NEAR_SAME_RATIO = 0.86
_COMPARED_LENGTH = 200
_WORDS = re.compile(r"[^\W_]+")
_DOTS_OF_ACRONYM = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_EMPTY_WORDS = frozenset(
    {
        *("association", "associations", "asso", "assoc"),
        *(
            "l",
            "le",
            "la",
            "les",
            "d",
            "de",
            "du",
            "des",
            "un",
            "une",
            "et",
            "en",
            "a",
            "au",
            "aux",
        ),
    }
)


def near_same(a: str, b: str) -> bool:
    """Whether two names of structures may well be the same one, written differently.

    Accents, case, punctuation (A.D.I.E.), the order of the words, « association », « asso » and
    the little words are ignored; what is left must be alike at NEAR_SAME_RATIO. Words that hold
    a digit must be equal: « Régie 13 » is not « Régie 14 ». Meant for warnings, not refusals.
    """
    first, second = _name_words(a), _name_words(b)
    if _numbered(first) != _numbered(second):
        return False
    return _alike("".join(first), "".join(second)) or _alike(
        "".join(sorted(first)), "".join(sorted(second))
    )


@lru_cache(maxsize=4096)
def _name_words(name: str) -> tuple[str, ...]:
    words = _WORDS.findall(_DOTS_OF_ACRONYM.sub("", fold(name[:_COMPARED_LENGTH])))
    return tuple(word for word in words if word not in _EMPTY_WORDS) or tuple(words)


def _numbered(words: tuple[str, ...]) -> list[str]:
    return sorted(word for word in words if any(char.isdigit() for char in word))


def _alike(first: str, second: str) -> bool:
    if not first or not second:
        return False
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return (
        matcher.real_quick_ratio() >= NEAR_SAME_RATIO
        and matcher.quick_ratio() >= NEAR_SAME_RATIO
        and matcher.ratio() >= NEAR_SAME_RATIO
    )
