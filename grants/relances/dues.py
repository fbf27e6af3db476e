"""What the clock looks for: reminders whose moment has come, dossiers that stand somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, text

from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier
from workflow import echeances
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.pipeline import ReminderRule

_D, _E = table_of(Dossier), table_of(Echeance)
_Place = tuple[str, int, str]
# Written out, not bound: an index is partial on it.
_TO_COME = text(f"echeance.state = '{echeances.PREVUE}'")


def reminders_due(
    database: Database, engine: Engine, now: datetime, most: int
) -> list[tuple[Mapping[str, Any], ReminderRule]]:
    """The oldest reminders that are due and make a tâche, each with its rule."""
    rules = _task_rules(engine)
    if not rules:
        return []
    query = (
        select(*_E.c, _D.c.pipeline, _D.c.pipeline_version, _D.c.stage)
        .join(_D, _D.c.id == _E.c.subject_id)
        .where(
            _TO_COME,
            _E.c.kind == echeances.RELANCE,
            _E.c.rule.in_(sorted({key for _place, key in rules})),
            _E.c.due_at <= now,
            _E.c.subject_kind == KIND,
            or_(
                *[
                    and_(
                        _D.c.pipeline == pipeline,
                        _D.c.pipeline_version == version,
                        _D.c.stage == stage,
                        _E.c.rule == key,
                    )
                    for (pipeline, version, stage), key in rules
                ]
            ),
        )
        .order_by(_E.c.due_at, _E.c.id)
        .limit(most)
    )
    with database.reading() as session:
        rows = session.connection().execute(query).mappings().all()
    return [
        (row, rules[(row["pipeline"], row["pipeline_version"], row["stage"]), row["rule"]])
        for row in rows
    ]


def ids_standing_in(database: Database, places: Iterable[_Place]) -> list[tuple[int, int]]:
    """(organisme, dossier) of every dossier that stands in one of these stages."""
    found: list[tuple[int, int]] = []
    with database.reading() as session:
        for pipeline, version, stage in places:
            query = select(_D.c.organisme_id, _D.c.id).where(
                _D.c.pipeline == pipeline, _D.c.pipeline_version == version, _D.c.stage == stage
            )
            found += [(row.organisme_id, row.id) for row in session.connection().execute(query)]
    return found


def _task_rules(engine: Engine) -> dict[tuple[_Place, str], ReminderRule]:
    """The reminders that make a tâche, by where they stand and their key."""
    return {
        ((loaded.pipeline.key, loaded.pipeline.version, stage.key), rule.key): rule
        for loaded in engine.catalogue.every()
        for stage in loaded.pipeline.stages
        for rule in stage.reminders
        if rule.task
    }
