"""The parameters of the pipelines, as an organisme sets them: its own values over the defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.settings import ORGANISMES
from workflow.canonical import canonical
from workflow.errors import Invalid, NotFound
from workflow.fields import FieldType, Raw, parse_fields
from workflow.journal_reading import Line, lines_of
from workflow.pipeline import Field, Parameter, Pipeline

EVENT = "parametre_change"
Types = Mapping[str, FieldType]


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of a pipeline for one organisme; `last` is the entry that changed it last."""

    parameter: Parameter
    default: Any
    value: Any
    overridden: bool
    last: Line | None = None


def settings_of(
    connection: Connection, organisme_id: int, pipeline: Pipeline, types: Types
) -> tuple[Setting, ...]:
    """Every parameter of a pipeline, with its default, the value in force and its last change."""
    row = ORGANISMES.read(connection, organisme_id, organisme_id)
    own = json.loads(row["parametres"]).get(pipeline.key, {})
    changes = _last_changes(connection, organisme_id, pipeline.key)
    return tuple(
        _setting(parameter, own, types, changes.get(parameter.key))
        for parameter in pipeline.parameters
    )


def change_parameters(
    session: Session,
    types: Types,
    identity: Identity,
    pipeline: Pipeline,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> tuple[str, ...]:
    """Set the parameters that were sent; the keys of those that did change. Never commits.

    A value equal to the default follows the default again. Raises Invalid with every fault,
    Stale, DirectionOnly.
    """
    identity.require_direction()
    asked = tuple(asked_by(parameter) for parameter in pipeline.parameters)
    values, faults = parse_fields(asked, raw, types)
    faults = {key: fault for key, fault in faults.items() if key in raw}
    if faults:
        raise Invalid(faults)
    sent = {key: value for key, value in values.items() if key in raw}
    return _store(session, types, identity, pipeline, sent, now, version)


def reset_parameter(
    session: Session,
    types: Types,
    identity: Identity,
    pipeline: Pipeline,
    key: str,
    now: datetime,
) -> bool:
    """Follow the default again. True if it was otherwise. Raises NotFound, DirectionOnly."""
    identity.require_direction()
    found = next((each for each in pipeline.parameters if each.key == key), None)
    if found is None:
        raise NotFound
    default = _default(found, types)
    return bool(_store(session, types, identity, pipeline, {key: default}, now, None))


def asked_by(parameter: Parameter) -> Field:
    """The question that sets a parameter: an answer is owed where there is a default."""
    return parameter.as_field().model_copy(update={"required": parameter.default not in (None, "")})


def _store(
    session: Session,
    types: Types,
    identity: Identity,
    pipeline: Pipeline,
    values: Mapping[str, Any],
    now: datetime,
    version: int | None,
) -> tuple[str, ...]:
    connection = session.connection()
    organisme_id = identity.organisme_id
    row = ORGANISMES.lock(connection, organisme_id, organisme_id, version)
    kept = json.loads(row["parametres"])
    own = dict(kept.get(pipeline.key, {}))
    champs: dict[str, Any] = {}
    for parameter in pipeline.parameters:
        if parameter.key not in values:
            continue
        kind, before = types[parameter.type], _setting(parameter, own, types, None)
        after = values[parameter.key]
        own.pop(parameter.key, None)
        if after != before.default:
            own[parameter.key] = kind.dump(after)
        if after != before.value:
            dumped = {"avant": kind.dump(before.value), "apres": kind.dump(after)}
            champs[parameter.key] = dumped
    if champs:
        text = canonical({**kept, pipeline.key: own} if own else _without(kept, pipeline.key))
        content = {"pipeline": pipeline.key, "champs": champs}
        ORGANISMES.note(connection, identity, row, Fact(EVENT, now, content), {"parametres": text})
    return tuple(champs)


def _without(kept: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != key}


def _setting(
    parameter: Parameter, own: Mapping[str, Any], types: Types, last: Line | None
) -> Setting:
    default = _default(parameter, types)
    overridden = parameter.key in own
    value = types[parameter.type].load(own[parameter.key]) if overridden else default
    return Setting(parameter, default, value, overridden, last)


def _default(parameter: Parameter, types: Types) -> Any:
    return types[parameter.type].parse(parameter.default, parameter.as_field())


def _last_changes(connection: Connection, organisme_id: int, pipeline: str) -> dict[str, Line]:
    """The newest entry about each parameter of a pipeline."""
    found: dict[str, Line] = {}
    for line in lines_of(connection, ORGANISMES.kind, organisme_id):
        if line.event == EVENT and line.content.get("pipeline") == pipeline:
            for key in line.content.get("champs", {}):
                found.setdefault(key, line)
    return found
