"""How a value stands in a backup: JSON that both kinds of database read back to the same value."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, String, Text
from sqlalchemy.types import TypeEngine

from workflow.database import UtcDateTime


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of column: its type on both databases, and its two conversions."""

    key: str
    type: TypeEngine[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _exactly(expected: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not expected:
            raise TypeError(f"{expected.__name__} expected, not {type(value).__name__}")
        return value

    return check


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("entier", BigInteger(), _exactly(int), _exactly(int)),
        Kind("texte", Text(), _exactly(str), _exactly(str)),
        Kind("oui_non", Boolean(), _exactly(bool), _exactly(bool)),
        Kind("date", Date(), date.isoformat, date.fromisoformat),
        Kind("instant", UtcDateTime(), _write_instant, datetime.fromisoformat),
        Kind(
            "octets",
            LargeBinary(),
            lambda value: b64encode(value).decode("ascii"),
            lambda text: b64decode(text, validate=True),
        ),
    )
}
# In this order: a type that another one derives from comes after it.
_BY_TYPE: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "oui_non"),
    (Integer, "entier"),
    (DateTime, "instant"),
    (Date, "date"),
    (LargeBinary, "octets"),
    (String, "texte"),
)


def kind_of(type_: TypeEngine[Any]) -> str:
    """The kind of a column, from the type that its database gives it."""
    for each, key in _BY_TYPE:
        if isinstance(type_, each):
            return key
    raise TypeError(f"a backup cannot hold a column of type {type_!r}")
