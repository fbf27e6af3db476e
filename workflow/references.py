"""Fields whose answer is a row of the tenant's: a séance, a person, a structure, a colleague."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from workflow.database import LARGEST_ID
from workflow.field_contract import FieldFault, FieldSpec, FieldType


class NotListed(FieldFault):
    """Choisissez dans la liste proposée."""


Choices = Callable[[Connection, int], list[tuple[int, str]]]
Label = Callable[[Connection, int, int], "str | None"]
Read = Callable[[Connection, int, int], "Mapping[str, Any] | None"]
Tell = Callable[[Mapping[str, Any]], "dict[str, Any]"]


@dataclass(frozen=True, slots=True)
class ReferenceKind:
    """What a reference points to: the rows to propose to a tenant, and the label of one of them.

    `label` answers None for a row that does not exist, or is another tenant's; so does `read`.
    `tell` makes plain data of the row, for letters; without both, letters say nothing of it.
    """

    key: str
    choices: Choices
    label: Label
    read: Read | None = None
    tell: Tell | None = None

    def field_type(self) -> FieldType:
        """The type of field whose value is the row's id."""
        return FieldType(key=self.key, read=_read, describe=_describe, show=_show)


_MOST_DIGITS = len(str(LARGEST_ID))


def _read(text: str, _spec: FieldSpec) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise NotListed
    id = int(text)
    if not 0 < id <= LARGEST_ID:
        raise NotListed
    return id


def _describe(_spec: FieldSpec) -> dict[str, Any]:
    return {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}


def _show(value: Any, _spec: FieldSpec) -> str:
    return f"n° {value}"
