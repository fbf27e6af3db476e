"""Personal links in letters: a mark while a letter is kept, an address once it leaves.

What is kept of a letter, and what colleagues read of it, lets nobody in: the address is only
made for the e-mail itself, from a secret that the database does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from notifications.hooks import Row

_PLACE = "https://lien-personnel.invalid"
_MARK = re.compile(re.escape(_PLACE) + r"/([a-z_]{1,20})/([1-9][0-9]{0,18})(?![0-9])")
#: A letter, what its link leads to and that thing's id → the address that works.
Links = Callable[[Row, str, int], str]


def mark_of(objet: str, objet_id: int) -> str:
    """What stands for a personal link in the data of a letter, and in its text as it is kept."""
    return f"{_PLACE}/{objet}/{objet_id}"


def with_links(row: Row, links: Links) -> Row:
    """A letter about to leave, with the addresses of its recipient in the place of the marks."""
    texts = {key: row[key] for key in ("body_text", "body_html") if row[key] and _PLACE in row[key]}
    if not texts:
        return row
    known: dict[tuple[str, int], str] = {}

    def address(found: re.Match[str]) -> str:
        about = found[1], int(found[2])
        if about not in known:
            known[about] = links(row, *about)
        return known[about]

    return {**row, **{key: _MARK.sub(address, text) for key, text in texts.items()}}
