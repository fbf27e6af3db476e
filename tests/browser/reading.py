"""The words that a page shows, as a reader meets them: text, and what is told of controls."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.builders.markup import read

# What shows no words of ours: scripts, and what a person typed or would copy as it is.
_SILENT = frozenset({"script", "style", "textarea", "code"})
# These stand within a line of words; anything else begins another line.
_INLINE = frozenset(
    {"a", "abbr", "b", "em", "i", "kbd", "mark", "small", "span", "strong", "sup", "svg"}
)
_BLANK = re.compile(r"[ \n\t]+")
_TOLD = ("aria-label", "alt", "placeholder", "title")


class Words:
    """Gathers the lines of words of a page."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._lines: list[list[str]] = [[]]
        self._silent = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin a line where a block begins; note what is told of a control."""
        if tag in _SILENT:
            self._silent += 1
        if tag not in _INLINE:
            self._lines.append([])
        self._told += [attributes[name] for name in _TOLD if attributes.get(name)]

    def end(self, tag: str) -> None:
        """End the line where the block ends."""
        if tag in _SILENT:
            self._silent -= 1
        if tag not in _INLINE:
            self._lines.append([])

    def data(self, text: str) -> None:
        """Keep the words."""
        if not self._silent:
            self._lines[-1].append(text)

    def close(self) -> None:
        """The end of the page."""

    def lines(self) -> list[str]:
        """Each line, its runs of ordinary spaces made one."""
        whole = [*self._told, *map("".join, self._lines)]
        lines = (_BLANK.sub(" ", each).strip(" ") for each in whole)
        return [line for line in lines if line]


def words_of(html: str) -> list[str]:
    """The lines of words of a page."""
    words = Words()
    read(html, words)
    return words.lines()
