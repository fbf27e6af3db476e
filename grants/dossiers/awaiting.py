"""What awaits people across dossiers and pipelines: dates, appointments, dossiers at rest or ready.

Each question is one statement, whatever the number of dossiers, that an index answers: it stops
at `most` lines. `referent`: whose dossiers; NOBODY's; or all of them, for None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, select, text, union_all

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.filters import NOBODY, WITH_NAMES, D, late_before
from grants.dossiers.reading import KIND
from grants.dossiers.tables import RendezVous
from grants.organisation.queries import Customs
from workflow.database import table_of
from workflow.dates import from_paris
from workflow.echeance_table import Echeance
from workflow.pipeline import Pipeline

_E, _R = table_of(Echeance), table_of(RendezVous)
_NEWER = _R.alias("plus_recent")
# Written out, not bound: an index is partial on it.
_TO_COME = text("echeance.state = 'prevue'")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One dossier that awaits something, and the moment it hangs on.

    `rule` is the reminder or the action concerned, `place` where people meet.
    """

    dossier: DossierLine
    at: datetime
    rule: str = ""
    place: str = ""


def echeances_due(
    connection: Connection,
    organisme_id: int,
    referent: int | None,
    start: datetime,
    end: datetime,
    most: int,
) -> list[Waiting]:
    """What is due between two moments, soonest first."""
    query = (
        select(*LINE, _E.c.due_at.label("moment"), _E.c.rule)
        .select_from(_E.join(WITH_NAMES, D.c.id == _E.c.subject_id))
        .where(
            _TO_COME,
            _E.c.tenant_id == organisme_id,
            _E.c.subject_kind == KIND,
            _E.c.due_at >= start,
            _E.c.due_at < end,
            *_in_charge(referent),
        )
        .order_by(_E.c.due_at, _E.c.id)
        .limit(most)
    )
    return [_waiting(row) for row in connection.execute(query).mappings()]


def appointments_between(
    connection: Connection,
    organisme_id: int,
    referent: int | None,
    start: datetime,
    end: datetime,
    most: int,
) -> list[Waiting]:
    """The appointments in force between two moments, soonest first."""
    replaced = exists().where(_NEWER.c.dossier_id == _R.c.dossier_id, _NEWER.c.id > _R.c.id)
    query = (
        select(*LINE, _R.c.le.label("moment"), _R.c.lieu.label("place"))
        .select_from(_R.join(WITH_NAMES, D.c.id == _R.c.dossier_id))
        .where(
            _R.c.organisme_id == organisme_id,
            _R.c.le >= start,
            _R.c.le < end,
            ~replaced,
            *_in_charge(referent),
        )
        .order_by(_R.c.le, _R.c.id)
        .limit(most)
    )
    return [_waiting(row) for row in connection.execute(query).mappings()]


def ready_dossiers(
    connection: Connection, organisme_id: int, referent: int | None, most: int
) -> list[Waiting]:
    """The dossiers that became ready for their next action, latest first."""
    query = (
        select(*LINE, D.c.pret_depuis.label("moment"), D.c.pret_pour.label("rule"))
        .select_from(WITH_NAMES)
        .where(
            D.c.organisme_id == organisme_id, D.c.pret_depuis.is_not(None), *_in_charge(referent)
        )
        .order_by(D.c.pret_depuis.desc(), D.c.id.desc())
        .limit(most)
    )
    return [_waiting(row) for row in connection.execute(query).mappings()]


def idle_dossiers(
    connection: Connection,
    organisme_id: int,
    referent: int | None,
    pipelines: Iterable[Pipeline],
    today: date,
    customs: Customs,
    most: int,
) -> list[Waiting]:
    """The dossiers that have stood in their stage for too long, longest first.

    The same rule as the board's and the list's mark of lateness.
    """
    # Ids first, as on the board: names are looked up for the few that are shown.
    whose = (D.c.organisme_id == organisme_id, *_in_charge(referent))
    stages = [
        select(_standing_since(pipeline, stage, day, whose).limit(most).subquery())
        for pipeline in pipelines
        for stage, day in late_before(pipeline, today, customs).items()
    ]
    if not stages:
        return []
    found = union_all(*stages).subquery()
    longest = select(found.c.id).order_by(found.c.stage_since, found.c.id).limit(most).subquery()
    query = (
        select(*LINE, D.c.stage_since.label("moment"))
        .select_from(WITH_NAMES.join(longest, longest.c.id == D.c.id))
        .order_by(D.c.stage_since, D.c.id)
    )
    return [_waiting(row) for row in connection.execute(query).mappings()]


def _standing_since(
    pipeline: Pipeline, stage: str, day: date, whose: Iterable[ColumnElement[bool]]
) -> Select[Any, Any]:
    """Those of a stage that entered it before a day, longest first."""
    return (
        select(D.c.id, D.c.stage_since)
        .where(
            D.c.pipeline == pipeline.key,
            D.c.stage == stage,
            D.c.pipeline_version == pipeline.version,
            D.c.stage_since < from_paris(datetime.combine(day, time.min)),
            *whose,
        )
        .order_by(D.c.stage_since, D.c.id)
    )


def has_dossiers(connection: Connection, organisme_id: int, referent: int | None) -> bool:
    """Whether there is any dossier, or any in that person's charge."""
    query = select(D.c.id).where(D.c.organisme_id == organisme_id, *_in_charge(referent)).limit(1)
    return connection.execute(query).first() is not None


def _in_charge(referent: int | None) -> list[ColumnElement[bool]]:
    if referent is None:
        return []
    return [D.c.referent_id.is_(None) if referent == NOBODY else D.c.referent_id == referent]


def _waiting(row: Mapping[Any, Any]) -> Waiting:
    return Waiting(line(row), row["moment"], row.get("rule") or "", row.get("place") or "")
