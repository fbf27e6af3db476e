"""The dossiers that a figure counts, found in the journal: what a list of them is made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, exists, literal_column, select

from grants.rapport.periods import Period
from workflow.database import table_of
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


def entries_by_day(organisme_id: int, pipeline: str, period: Period) -> Select[Any, Any, Any]:
    """(stage, dossier, when) for the same entries."""
    return first_entries(organisme_id, pipeline, period).add_columns(_J.c.at)


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


def _moves(organisme_id: int, pipeline: str, period: Period) -> Select[Any, Any]:
    """(stage left, dossier) for each change of stage in the period, found by its date."""
    return select(_J.c.from_stage, _J.c.subject_id).where(
        _J.c.tenant_id == organisme_id,
        _J.c.pipeline == pipeline,
        *period.clauses(_J.c.at),
        _J.c.from_stage.is_not(None),
        _J.c.subject_kind == DOSSIER,
        *_stands(_J, _C),
    )
