"""French typography: what a keyboard does not offer is set right in every letter."""

from __future__ import annotations

import re

from workflow.dates import MONTHS
from workflow.money import NARROW_SPACE, NO_BREAK_SPACE

_SPACE = f"[ {NO_BREAK_SPACE}{NARROW_SPACE}]"
# Most names and titles have nothing to set right; a look tells it.
_MAY_CHANGE = re.compile(r"[';!?»«:%€°\d]|\.\.|M[mM]?[.el]|art\.|p\.")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=[\w«])")
# « 23 000 », « 123 456 789 »: groups of three hold together.
_GROUPS = re.compile(rf"(?<![\d,])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)")
_ANY_SPACE = re.compile(_SPACE)
_QUOTED = re.compile(r'(?<!\w)"([^"\n]+)"(?!\w)')
_RULES = (
    (re.compile(r"\.\.\."), "…"),
    # Thin before the high signs and inside the quotation marks, a whole space before the colon.
    (re.compile(rf"{_SPACE}+(?=[;!?»])"), NARROW_SPACE),
    (re.compile(rf"«{_SPACE}*"), f"«{NARROW_SPACE}"),
    (re.compile(rf"(?<=[^\s{NARROW_SPACE}])»"), f"{NARROW_SPACE}»"),
    # A value may stand before it, in bold or not; the marks of bold may follow.
    (re.compile(rf"(?<!\s){_SPACE}+(?=[:%€]\**(?!\S)|[€%][,.;)])"), NO_BREAK_SPACE),
    (re.compile(rf"\b(1er|\d{{1,2}}) (?=(?:{'|'.join(MONTHS)})\b)"), rf"\1{NO_BREAK_SPACE}"),
    (re.compile(r"\b(\d{1,2}) h (?=\d\d\b)"), rf"\1{NO_BREAK_SPACE}h{NO_BREAK_SPACE}"),
    (re.compile(r"\b(\d{1,2}) h\b"), rf"\1{NO_BREAK_SPACE}h"),
    (re.compile(r"\b(n°|M\.|MM\.|Mme|Mmes|Mlle|art\.|p\.) (?=\S)"), rf"\1{NO_BREAK_SPACE}"),
)


def french(text: str) -> str:
    """The same sentence with its curly apostrophes, its unbreakable spaces and its ellipses.

    Nothing is added where there was no space, save inside « »: an address or a name that ends
    with a sign stays what it is.
    """
    if not _MAY_CHANGE.search(text):
        return text
    text = _APOSTROPHE.sub("’", text)
    for found, wanted in _RULES:
        text = found.sub(wanted, text)
    return _GROUPS.sub(lambda group: _ANY_SPACE.sub(NARROW_SPACE, group[0]), text)


def quoted(text: str) -> str:
    """« "oui" » → « oui »: for what a template says, never for a name or a title."""
    return _QUOTED.sub(r"« \1 »", text) if '"' in text else text
