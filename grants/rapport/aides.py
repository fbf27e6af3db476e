"""The aid granted to one structure, by year and dispositif: what a funder asks it to declare."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from grants.dossiers.tables import Dossier
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.graph import stopping
from workflow.journal_tables import JournalEntry
from workflow.pipeline import Pipeline

_D, _J = table_of(Dossier), table_of(JournalEntry)
#: The aid of the running year and of the two before: the window of the de minimis rule.
YEARS = 3
_GRANTED, _PAID_BACK = "montant_accorde", "montant_a_rembourser"


@dataclass(frozen=True, slots=True)
class Aid:
    """What one dossier was granted, what of it is to be paid back left out. Cents."""

    dossier_id: int
    reference: str
    titre: str
    dispositif: str
    on: date
    amount: int


def aid_of_structure(
    connection: Connection, engine: Engine, organisme_id: int, structure_id: int, today: date
) -> list[Aid]:
    """Every aid granted in the last three calendar years, latest first."""
    rows = [
        row._mapping  # noqa: SLF001 — SQLAlchemy's documented name
        for row in connection.execute(
            select(_D).where(
                _D.c.organisme_id == organisme_id,
                _D.c.structure_id == structure_id,
                _D.c.montant_accorde.is_not(None),
            )
        )
    ]
    days = _granted_on(connection, engine, rows)
    found = [
        Aid(
            row["id"],
            row["reference"],
            row["titre"],
            pipeline.label,
            days[row["id"]],
            _amount(pipeline, row),
        )
        for row in rows
        if row["id"] in days
        for pipeline in (_pipeline(engine, row),)
    ]
    first = today.year - YEARS + 1
    kept = [aid for aid in found if first <= aid.on.year <= today.year and aid.amount > 0]
    return sorted(kept, key=lambda aid: (aid.on, aid.dossier_id), reverse=True)


def granting_stages(pipeline: Pipeline) -> frozenset[str]:
    """The stages that are entered by granting an amount."""
    return entered_by(pipeline, _GRANTED)


def entered_by(pipeline: Pipeline, key: str) -> frozenset[str]:
    """The stages that are entered by an action that asks this."""
    return frozenset(
        action.to for action in pipeline.actions if any(field.key == key for field in action.fields)
    )


def _granted_on(
    connection: Connection, engine: Engine, rows: Sequence[Mapping[str, Any]]
) -> dict[int, date]:
    """The day on which each dossier was granted its amount: the last time, if it was corrected."""
    by_stage: dict[str, list[int]] = {}
    for id, stage in _stages_of(engine, rows):
        by_stage.setdefault(stage, []).append(id)
    days: dict[int, date] = {}
    for stage, ids in by_stage.items():
        query = (
            select(_J.c.subject_id, func.max(_J.c.at).label("le"))
            .where(_J.c.subject_kind == "dossier", _J.c.subject_id.in_(ids))
            .where(_J.c.to_stage == stage, _J.c.from_stage != stage, _J.c.corrects.is_(None))
            .group_by(_J.c.subject_id)
        )
        for row in connection.execute(query):
            days[row.subject_id] = to_paris(row.le).date()
    return days


def _stages_of(engine: Engine, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for row in rows:
        for stage in granting_stages(_pipeline(engine, row)):
            yield int(str(row["id"])), stage


def _pipeline(engine: Engine, row: Mapping[str, Any]) -> Pipeline:
    version = int(str(row["pipeline_version"]))
    return engine.catalogue.machine(str(row["pipeline"]), version).pipeline


def _amount(pipeline: Pipeline, row: Mapping[str, Any]) -> int:
    """Nothing where it stopped, unless what is to be paid back was asked on the way there."""
    granted, stage = int(str(row["montant_accorde"])), row["stage"]
    if stage not in stopping(pipeline):
        return granted
    if stage not in entered_by(pipeline, _PAID_BACK):
        return 0
    answers = json.loads(str(row["donnees"]))
    return max(0, granted - int(answers.get(_PAID_BACK) or 0))
