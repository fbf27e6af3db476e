"""One séance read inside the transaction that may change it, as the engine sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from grants.comites.tables import Seance
from grants.organisation.identity import Acting
from grants.organisation.tables import Organisme
from workflow.database import LARGEST_ID, table_of
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.guards import Situation
from workflow.parameters import parameters_in_force
from workflow.statements import Statement
from workflow.subject import Subject, read_trail

KIND = "seance"
_S, _O = table_of(Seance), table_of(Organisme)
_READ = (
    select(*_S.c, _O.c.nom.label("organisme_nom"), _O.c.parametres, _O.c.territoire)
    .join(_O, _O.c.id == _S.c.organisme_id)
    .where(_S.c.id == bindparam("seance"), _S.c.organisme_id == bindparam("organisme"))
)
_TO_SEE = Statement(_READ)
_TO_CHANGE = Statement(_READ.with_for_update(of=_S))


def read_sitting(connection: Connection, organisme_id: int, id: int, *, lock: bool) -> Subject:
    """The séance as the engine sees it. Raises NotFound, also for another organisme's."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    statement = _TO_CHANGE if lock else _TO_SEE
    row = statement.first(connection, {"seance": id, "organisme": organisme_id})
    if row is None:
        raise NotFound
    return as_sitting(row)


def as_sitting(row: Mapping[str, Any]) -> Subject:
    """A row of the reading statements → the engine's subject."""
    return Subject(
        kind=KIND,
        id=row["id"],
        tenant_id=row["organisme_id"],
        pipeline=row["pipeline"],
        pipeline_version=row["pipeline_version"],
        stage=row["stage"],
        stage_since=row["stage_since"],
        trail=read_trail(row["trail"]),
        seq=row["seq"],
        head=row["head"],
        lock_version=row["lock_version"],
        values={key: row[key] for key in ("tenue_le", "cloture_inscriptions", "lieu")},
        relative={"referent": row["organisateur_id"]},
        row=row,
    )


def situation_of(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    acting: Acting,
    at: datetime,
    facts: Iterable[str],
) -> Situation:
    """What the engine looks at: the séance, who acts, the parameters in force, these facts."""
    pipeline = engine.machine(subject).pipeline
    types, providers = engine.vocabulary.field_types, engine.vocabulary.facts
    return Situation(
        subject=subject,
        pipeline=pipeline,
        actor=acting.actor,
        at=at,
        parameters=parameters_in_force(pipeline, subject.row["parametres"], types),
        facts={name: providers[name].provider(connection, subject) for name in facts},
    )
