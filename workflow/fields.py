"""The typed fields that a pipeline file can ask for: their register, and a whole form read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.field_contract import (
    NOT_ANSWERED,
    ChoiceSpec,
    FieldFault,
    FieldSpec,
    FieldType,
    JsonSchema,
    MissingAnswer,
    Raw,
)
from workflow.plain_fields import PLAIN_TYPES
from workflow.reference_fields import REFERENCE_TYPES

__all__ = [
    "FIELD_TYPES",
    "NOT_ANSWERED",
    "ChoiceSpec",
    "FieldFault",
    "FieldSpec",
    "FieldType",
    "FieldTypeTaken",
    "JsonSchema",
    "MissingAnswer",
    "Raw",
    "UnknownField",
    "field_type_registry",
    "fields_schema",
    "parse_fields",
]


class FieldTypeTaken(ValueError):
    """Two types of fields have the same key: a fault of code, never of data."""


class UnknownField(FieldFault):
    """Champ inconnu. Retirez-le de l'envoi."""


def field_type_registry(*others: FieldType) -> dict[str, FieldType]:
    """The types by key: those of this floor, then `others`. Raises FieldTypeTaken."""
    types: dict[str, FieldType] = {}
    for kind in (*PLAIN_TYPES, *REFERENCE_TYPES, *others):
        if kind.key in types:
            raise FieldTypeTaken(kind.key)
        types[kind.key] = kind
    return types


FIELD_TYPES: Mapping[str, FieldType] = field_type_registry()
"""The types of this floor."""


def parse_fields(
    specs: Iterable[FieldSpec], raw: Mapping[str, Raw], types: Mapping[str, FieldType]
) -> tuple[dict[str, Any], dict[str, str]]:
    """A form or a JSON body → the values and every fault, both by field key.

    A field that was not sent is None among the values; a faulty one is only among the faults.
    What no spec asks for is a fault under its own key. A type that is not in `types` is a fault
    of code (KeyError): pipeline files are checked when they load.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    asked: set[str] = set()
    for spec in specs:
        asked.add(spec.key)
        try:
            values[spec.key] = types[spec.type].parse(raw.get(spec.key), spec)
        except FieldFault as fault:
            faults[spec.key] = str(fault)
    faults |= {key: str(UnknownField()) for key in raw if key not in asked}
    return values, faults


def fields_schema(specs: Iterable[FieldSpec], types: Mapping[str, FieldType]) -> JsonSchema:
    """The JSON Schema of the object that holds the answers to these fields, and nothing else."""
    listed = tuple(specs)
    return {
        "type": "object",
        "properties": {spec.key: types[spec.type].schema(spec) for spec in listed},
        "required": [spec.key for spec in listed if spec.required],
        "additionalProperties": False,
    }
