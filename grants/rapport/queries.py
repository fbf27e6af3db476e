"""The figures of a period, computed from the journal: entries into stages and time spent there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from workflow.database import UtcDateTime, table_of
from workflow.dates import from_paris, to_paris
from workflow.journal_tables import JournalEntry

DOSSIER = "dossier"
_J = table_of(JournalEntry)
_C = _J.alias("correction")
_CORRECTED = exists().where(
    _C.c.subject_kind == _J.c.subject_kind,
    _C.c.subject_id == _J.c.subject_id,
    _C.c.corrects == _J.c.seq,
)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in Paris, both included; an open end is None."""

    since: date | None = None
    until: date | None = None

    def clauses(self, moment: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """The conditions for an instant to fall in the period."""
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(moment >= _midnight(self.since))
        if self.until is not None:
            found.append(moment < _midnight(self.until + timedelta(days=1)))
        return found


@dataclass(frozen=True, slots=True)
class TimeInStage:
    """Days spent in a stage by those that left it in the period: median, and nine in ten.

    Days of the calendar in Paris: who comes on Monday evening and leaves on Tuesday stays one.
    """

    count: int
    median: int
    ninth: int


def first_entries(organisme_id: int, pipeline: str, period: Period) -> Select[Any, Any]:
    """(stage, dossier) for each first entry into a stage in the period, corrected ones left out."""
    return select(_J.c.to_stage, _J.c.subject_id).where(
        _J.c.tenant_id == organisme_id,
        _J.c.pipeline == pipeline,
        _J.c.first_entry,
        _J.c.subject_kind == DOSSIER,
        *period.clauses(_J.c.at),
        ~_CORRECTED,
    )


def dossiers_entering(
    organisme_id: int, pipeline: str, stage: str | None, period: Period
) -> Select[Any]:
    """The ids of the dossiers that first entered one stage in the period."""
    entries = first_entries(organisme_id, pipeline, period).subquery()
    return select(entries.c.subject_id).where(entries.c.to_stage == stage)


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
    moves = (
        select(
            _J.c.from_stage,
            _J.c.at,
            func.lag(_J.c.at, type_=UtcDateTime())
            .over(partition_by=_J.c.subject_id, order_by=_J.c.seq)
            .label("entered_at"),
        )
        .where(
            _J.c.tenant_id == organisme_id,
            _J.c.pipeline == pipeline,
            _J.c.subject_kind == DOSSIER,
            _J.c.to_stage.is_not(None),
            _J.c.from_stage.is_distinct_from(_J.c.to_stage),
            _J.c.corrects.is_(None),
            ~_CORRECTED,
        )
        .subquery()
    )
    query = select(moves.c.from_stage, moves.c.entered_at, moves.c.at).where(
        moves.c.from_stage.is_not(None),
        moves.c.entered_at.is_not(None),
        *period.clauses(moves.c.at),
    )
    spent: dict[str, list[int]] = {}
    for stage, entered, left in connection.execute(query):
        spent.setdefault(stage, []).append((_day(left) - _day(entered)).days)
    return {stage: _summary(days) for stage, days in spent.items()}


def _summary(days: list[int]) -> TimeInStage:
    ordered = sorted(days)
    ninth = ordered[-(-9 * len(ordered) // 10) - 1]
    # Half a day counts as one: `round` would go down from 2.5 and up from 3.5.
    return TimeInStage(len(ordered), int(median(ordered) + 0.5), ninth)


def _day(moment: datetime) -> date:
    return to_paris(moment).date()


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time.min)).astimezone(UTC)
