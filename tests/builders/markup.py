"""Pages read as browsers read them: by the parser that python-docx stands on.

The standard library's, written in Python, took longer to read a page than we to write it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lxml import etree  # ty: ignore[missing-module-member] - compiled, without stubs


class Reader(Protocol):
    """What is told of each element as it opens and ends, and of the text between them."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None: ...

    def end(self, tag: str, /) -> None: ...

    def data(self, text: str, /) -> None: ...

    def close(self) -> None: ...


def read(page: str, reader: Reader) -> None:
    """Read a whole page; an element that holds nothing ends as it opens."""
    parser = etree.HTMLParser(target=reader, huge_tree=True)
    parser.feed(page)
    parser.close()
