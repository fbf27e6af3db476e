"""The name of a file as its sender calls it, made fit to be shown and to be given back.

It is only ever shown: on the disk a file has a name of ours (see `storage`).
"""

from __future__ import annotations

import re
import unicodedata

from grants.dossiers.pieces.kinds import KINDS

LONGEST_NAME = 120
NAMELESS = "document"
_SEPARATORS = re.compile(r"[/\\]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TROUBLESOME = re.compile(r'[<>:"|?*]')


def shown_name(raw: str, kind: str) -> str:
    """The last part of a path, without what cannot be seen, ending as the content asks.

    « ..\\x\\contrat.exe » holding a PDF is shown « contrat.pdf ».
    """
    last = _SEPARATORS.split(raw.replace("\x00", "/"))[-1]
    seen = "".join(_shown(char) for char in last)
    name = " ".join(unicodedata.normalize("NFC", seen).split()).rstrip(". ")
    stem = _TROUBLESOME.sub("_", _stem(name, kind)).strip(". ") or NAMELESS
    return f"{stem[:LONGEST_NAME].rstrip()}.{KINDS[kind].extension}"


def _stem(name: str, kind: str) -> str:
    """Without its ending, where that is what a file's ending looks like."""
    stem, dot, ending = name.rpartition(".")
    if dot and (ending.lower() in KINDS[kind].endings or re.fullmatch("[A-Za-z0-9]{2,5}", ending)):
        return stem
    return name


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Zl", "Zp") or char in "\t\n\r\x0b\x0c\x85":
        return " "
    return "" if category in _UNSEEN else char
