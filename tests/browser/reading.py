"""The words that a page shows, as a reader meets them: text, and what is told of controls."""

from __future__ import annotations

from html.parser import HTMLParser

# What shows no words of ours: scripts, and what a person typed or would copy as it is.
_SILENT = frozenset({"script", "style", "textarea", "code"})
# These stand within a line of words; anything else begins another line.
_INLINE = frozenset(
    {"a", "abbr", "b", "em", "i", "kbd", "mark", "small", "span", "strong", "sup", "svg"}
)
_TOLD = ("aria-label", "alt", "placeholder", "title")


class Words(HTMLParser):
    """Gathers the lines of words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[list[str]] = [[]]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a block begins; note what is told of a control."""
        if tag in _SILENT:
            self._silent += 1
        if tag not in _INLINE:
            self._lines.append([])
        told = [value for name, value in attrs if name in _TOLD and value]
        self._lines[:0] = [[value] for value in told]

    def handle_endtag(self, tag: str) -> None:
        """End the line where the block ends."""
        if tag in _SILENT:
            self._silent -= 1
        if tag not in _INLINE:
            self._lines.append([])

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._silent:
            self._lines[-1].append(data)

    def lines(self) -> list[str]:
        """Each line, its runs of ordinary spaces made one."""
        whole = ("".join(parts).replace("\n", " ").replace("\t", " ") for parts in self._lines)
        return [
            line for line in (" ".join(filter(None, each.split(" "))) for each in whole) if line
        ]


def words_of(html: str) -> list[str]:
    """The lines of words of a page."""
    words = Words()
    words.feed(html)
    words.close()
    return words.lines()
