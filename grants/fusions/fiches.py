"""The two fiches of a merge, side by side: what differs, and what each answer becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grants.structures.service import COLUMN_OF, STRUCTURE_FIELDS
from workflow.pipeline import Field

#: Numbers that only one structure bears: two of them may well mean two structures.
NUMBERS = ("siret", "rna")


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that is not the same on both fiches, each side by the id of its structure."""

    field: Field
    values: Mapping[int, Any]

    @property
    def is_conflict(self) -> bool:
        """Two numbers that contradict each other: somebody has to say which one is right."""
        return self.field.key in NUMBERS and None not in self.values.values()

    def default(self, kept_id: int) -> int | None:
        """The structure whose answer is proposed: the kept one's, unless it has none."""
        if self.is_conflict:
            return None
        if self.values[kept_id] not in (None, ""):
            return kept_id
        return next(id for id in self.values if id != kept_id)


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What the two fiches do not say alike, in the order of the fiche."""
    found = []
    for field in STRUCTURE_FIELDS:
        column = COLUMN_OF.get(field.key, field.key)
        if one[column] != other[column]:
            values = {one["id"]: one[column], other["id"]: other[column]}
            found.append(Difference(field, values))
    return tuple(found)


def chosen(
    found: tuple[Difference, ...], choices: Mapping[str, Any], kept_id: int
) -> tuple[dict[str, Any], dict[str, str]]:
    """The columns of the kept fiche, and the faults of what was chosen, by field."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for each in found:
        key = each.field.key
        told = choices.get(key) or str(each.default(kept_id) or "")
        side = next((id for id in each.values if str(id) == told), None)
        if side is None:
            faults[key] = f"{each.field.label} : choisissez lequel des deux est gardé."
        else:
            values[COLUMN_OF.get(key, key)] = each.values[side]
    return values, faults
