"""The parameters of a pipeline in force for a tenant: its own values over the file's defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from workflow.field_contract import FieldType
from workflow.pipeline import Pipeline


def parameters_in_force(
    pipeline: Pipeline, overrides: str, types: Mapping[str, FieldType]
) -> Mapping[str, Any]:
    """The parameters of a pipeline for one tenant: its own values over the defaults."""
    return _parameters(_Keyed(pipeline, types), overrides)


class _Keyed:
    """A pipeline version as a cache key: its parameters never change once loaded."""

    def __init__(self, pipeline: Pipeline, types: Mapping[str, FieldType]) -> None:
        self.pipeline = pipeline
        self.types = types

    def __hash__(self) -> int:
        return id(self.pipeline)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.pipeline is other.pipeline


@lru_cache(maxsize=512)
def _parameters(keyed: _Keyed, overrides: str) -> Mapping[str, Any]:
    own = json.loads(overrides).get(keyed.pipeline.key, {})
    values: dict[str, Any] = {}
    for parameter in keyed.pipeline.parameters:
        kind = keyed.types[parameter.type]
        if parameter.key in own:
            values[parameter.key] = kind.load(own[parameter.key])
        else:
            values[parameter.key] = kind.parse(parameter.default, parameter.as_field())
    return values
