"""Values held apart while Markdown is read: each leaves a mark, and takes its place afterwards.

A mark is one character of the last private plane, which no text uses: Markdown takes it for a
letter. So nothing in a value is read as Markdown, and letters of one model differ only by their
values: their Markdown is read once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar

_FIRST, _LAST = 0x100000, 0x10FFFD
_MARK = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")

#: The values of the letter being written, in the order of their marks.
held: ContextVar[list[str]] = ContextVar("held")


class TooManyValues(Exception):
    """Cette lettre écrit trop de valeurs."""


def marked(words: str) -> str:
    """The mark of a value; nothing for an empty one."""
    if not words:
        return ""
    values = held.get()
    if len(values) > _LAST - _FIRST:
        raise TooManyValues
    values.append(_BLANK_LINES.sub("\n\n", words) if "\n" in words else words)
    return chr(_FIRST + len(values) - 1)


def unmarked(text: str) -> str:
    """A template's own words, without what would pass for a mark."""
    return text if text.isascii() else _MARK.sub("", text)


def is_marked(text: str) -> bool:
    """Whether a value is missing from it."""
    return not text.isascii() and _MARK.search(text) is not None


def filled(text: str, values: Sequence[str]) -> str:
    """The text with its values."""
    return _MARK.sub(lambda mark: values[ord(mark[0]) - _FIRST], text)
