"""Where a page of the list starts, as an opaque word of its address."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from grants.dossiers.listing import Cursor, Sort
from workflow.database import LARGEST_ID
from workflow.dates import FIRST_YEAR

LONGEST_CURSOR = 800
_NUMERIC = ("dossier", "etape", "demande", "accorde")


def mark_of(pairs: Mapping[str, str]) -> str:
    """What a page belongs to: the filters and the order of its list, in a few letters."""
    told = sorted((name, value) for name, value in pairs.items() if name != "vue")
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]


def write_cursor(cursor: Cursor, sort: Sort) -> str:
    """A cursor of a sort as an opaque word of an address."""
    values = [sort.key, cursor.value, cursor.id, cursor.backwards]
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(word: str | None, sort: Sort) -> Cursor | None:
    """The cursor of an address; the first page for any other word, another sort's included."""
    if not word or len(word) > LONGEST_CURSOR:
        return None
    try:
        padded = word + "=" * (-len(word) % 4)
        key, value, id, backwards = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    numeric = sort.key in _NUMERIC
    if key != sort.key or not _is_id(id) or not isinstance(backwards, bool):
        return None
    if numeric != _is_whole(value) or (not numeric and not isinstance(value, str)):
        return None
    if not numeric and not (_is_moment(value) if sort.key == "depuis" else _is_text(value)):
        return None
    return Cursor(value, id, backwards)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID


def _is_id(value: object) -> bool:
    return _is_whole(value) and isinstance(value, int) and value > 0


def _is_moment(value: str) -> bool:
    try:
        moment = datetime.fromisoformat(value)
        return moment.tzinfo is not None and moment.astimezone(UTC).year >= FIRST_YEAR
    except (ValueError, OverflowError):
        return False


def _is_text(value: str) -> bool:
    """Whether a database can compare with it: neither NUL nor half a character."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
