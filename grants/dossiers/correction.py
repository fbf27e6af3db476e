"""A move taken back: what the dossier answered before it, and since when it stood there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.reading import KIND
from workflow.engine import Engine, Move
from workflow.journal_reading import instant_of, line_of
from workflow.pipeline import Reference
from workflow.subject import Subject, entry_seq


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a corrected move had answered, the answers to put back, and where it all began again.

    `since`: when the stage that the dossier returns to was entered.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Reference, ...] = ()
    since: datetime | None = None


def read(connection: Connection, engine: Engine, subject: Subject, move: Move) -> TakenBack:
    """What a correcting move gives back; nothing for a move that corrects none.

    An answer that was changed again since the corrected move stays as it is now.
    """
    if move.corrects is None:
        return TakenBack()
    machine, types = engine.machine(subject), engine.vocabulary.field_types
    line = line_of(connection, KIND, subject.id, move.corrects)
    content = {} if line is None else line.content
    kinds = {key: types[field.type] for key, field in machine.fields.items()}
    said = {
        key: kinds[key].load(kept)
        for key, kept in content.get("champs", {}).items()
        if key in kinds
    }
    before = content.get("avant", {})
    values = {
        key: kinds[key].load(before.get(key))
        for key, value in said.items()
        if subject.values.get(key) == value
    }
    action = None if line is None else machine.pipeline.action(line.event, line.from_stage)
    effects = () if action is None else action.effects
    since = instant_of(connection, KIND, subject.id, entry_seq(move.trail))
    return TakenBack(values, said, effects, since)
