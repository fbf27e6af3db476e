"""The names that a letter mentions: what has to be read for it, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from notifications.letters import Letter

_CODE = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_NAME = re.compile(r"[a-z_]+")


def uses_of(letters: Iterable[Letter]) -> frozenset[str]:
    """Every name that these letters mention, and what their calendar files are made from."""
    found = [_mentioned(each.source, each.attachments) for each in letters]
    return found[0] if len(found) == 1 else frozenset().union(*found)


@lru_cache(maxsize=512)
def _mentioned(source: str, attachments: tuple[str, ...]) -> frozenset[str]:
    """More than what is used does no harm: it is read in vain."""
    written = [name for code in _CODE.findall(source) for name in _NAME.findall(code)]
    files = [name.removesuffix(".ics") for name in attachments if name.endswith(".ics")]
    return frozenset((*written, *files))
