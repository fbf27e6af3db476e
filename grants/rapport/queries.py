"""The figures of a period, computed from the journal: entries into stages and time spent there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from statistics import median
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    exists,
    func,
    literal_column,
    select,
)

from grants.rapport.periods import Period
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.journal_tables import JournalEntry

DOSSIER = "dossier"
_J = table_of(JournalEntry)
_C = _J.alias("correction")


def _corrected(move: FromClause, correction: FromClause) -> ColumnElement[bool]:
    return exists().where(
        correction.c.subject_kind == move.c.subject_kind,
        correction.c.subject_id == move.c.subject_id,
        correction.c.corrects == move.c.seq,
    )


def _stands(move: FromClause, correction: FromClause) -> list[ColumnElement[bool]]:
    """The conditions for a line to be a change of stage that was neither corrected nor corrects."""
    return [
        move.c.to_stage.is_not(None),
        move.c.from_stage.is_distinct_from(move.c.to_stage),
        move.c.corrects.is_(None),
        ~_corrected(move, correction),
    ]


_CORRECTED = _corrected(_J, _C)
# Written as the index of first entries is: « first_entry = 1 », that SQLAlchemy would write for
# SQLite, says the same and opens no partial index. The whole journal was read then.
# Nor is it to be found by its subject, as counting each dossier once would suggest to SQLite.
_OF_A_DOSSIER = _J.c.subject_kind.concat("") == DOSSIER
_FIRST_ENTRY: ColumnElement[bool] = literal_column(f"{_J.name}.first_entry")
_E, _F = _J.alias("entree"), _J.alias("correction_entree")
#: When the stage that a move leaves was entered: the change of stage before it.
_ENTERED_AT = (
    select(_E.c.at)
    .where(
        _E.c.subject_kind == _J.c.subject_kind,
        _E.c.subject_id == _J.c.subject_id,
        _E.c.seq < _J.c.seq,
        *_stands(_E, _F),
    )
    .order_by(_E.c.seq.desc())
    .limit(1)
    .correlate(_J)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class TimeInStage:
    """Days spent in a stage by those that left it in the period: median, and nine in ten.

    `count` is of stays: a dossier that came back and left again has several, counted once in
    `dossiers`.
    Days of the calendar in Paris: who comes on Monday evening and leaves on Tuesday stays one.
    """

    count: int
    median: int
    ninth: int
    dossiers: int


def first_entries(organisme_id: int, pipeline: str, period: Period) -> Select[Any, Any]:
    """(stage, dossier) for each first entry into a stage in the period, corrected ones left out."""
    return select(_J.c.to_stage, _J.c.subject_id).where(
        _J.c.tenant_id == organisme_id,
        _J.c.pipeline == pipeline,
        _FIRST_ENTRY,
        _OF_A_DOSSIER,
        *period.clauses(_J.c.at),
        ~_CORRECTED,
    )


def dossiers_entering(
    organisme_id: int, pipeline: str, stages: Sequence[str], period: Period
) -> Select[Any]:
    """The ids of the dossiers that first entered one of the stages in the period, each once."""
    entries = first_entries(organisme_id, pipeline, period).subquery()
    return select(entries.c.subject_id).where(entries.c.to_stage.in_(stages)).distinct()


def dossiers_leaving(
    organisme_id: int, pipeline: str, stages: Sequence[str], period: Period
) -> Select[Any]:
    """The ids of the dossiers that left one of the stages in the period, each once."""
    left = _moves(organisme_id, pipeline, period).where(_J.c.from_stage.in_(stages))
    return select(left.subquery().c.subject_id).distinct()


def dossiers_moved(organisme_id: int, pipeline: str, period: Period) -> Select[Any]:
    """The ids of the dossiers that changed stage in the period, each once."""
    return select(_moves(organisme_id, pipeline, period).subquery().c.subject_id).distinct()


def how_many(connection: Connection, ids: Select[Any]) -> int:
    """How many dossiers a figure counts."""
    return connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()


def funnel(
    connection: Connection, organisme_id: int, pipeline: str, period: Period
) -> Mapping[str, int]:
    """How many dossiers first entered each stage in the period."""
    entries = first_entries(organisme_id, pipeline, period).subquery()
    query = select(entries.c.to_stage, func.count()).group_by(entries.c.to_stage)
    return {row[0]: row[1] for row in connection.execute(query)}


def times_in_stages(
    connection: Connection, organisme_id: int, pipeline: str, period: Period
) -> Mapping[str, TimeInStage]:
    """For each stage, the days between entering and leaving it, of the exits in the period.

    A move that was corrected never was, and neither was its correction: time goes on from before.
    """
    moves = _moves(organisme_id, pipeline, period).add_columns(_ENTERED_AT.label("entered_at"))
    spent: dict[str, list[int]] = {}
    who: dict[str, set[int]] = {}
    for stage, dossier, left, entered in connection.execute(moves):
        if entered is not None:
            spent.setdefault(stage, []).append((_day(left) - _day(entered)).days)
            who.setdefault(stage, set()).add(dossier)
    return {stage: _summary(days, len(who[stage])) for stage, days in spent.items()}


def _moves(organisme_id: int, pipeline: str, period: Period) -> Select[Any, Any, Any]:
    """(stage left, dossier, when) for each change of stage in the period, found by its date."""
    return select(_J.c.from_stage, _J.c.subject_id, _J.c.at).where(
        _J.c.tenant_id == organisme_id,
        _J.c.pipeline == pipeline,
        *period.clauses(_J.c.at),
        _J.c.from_stage.is_not(None),
        _J.c.subject_kind == DOSSIER,
        *_stands(_J, _C),
    )


def _summary(days: list[int], dossiers: int) -> TimeInStage:
    ordered = sorted(days)
    ninth = ordered[-(-9 * len(ordered) // 10) - 1]
    # Half a day counts as one: `round` would go down from 2.5 and up from 3.5.
    return TimeInStage(len(ordered), int(median(ordered) + 0.5), ninth, dossiers)


def _day(moment: datetime) -> date:
    return _day_of_hour(moment.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=32_768)
def _day_of_hour(hour: datetime) -> date:
    """The same for a whole hour of UTC: in Paris, midnight and the changes of time fall on one."""
    return to_paris(hour).date()
