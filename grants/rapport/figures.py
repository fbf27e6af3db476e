"""Every figure of one pipeline over one period: the same queries, however many dossiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from grants.rapport.amounts import Amounts, Cell, amounts_of, cells_of
from grants.rapport.queries import (
    Period,
    TimeInStage,
    dossiers_entering,
    funnel,
    how_many,
    times_in_stages,
)
from grants.rapport.sessions import Sessions, sessions_of


@dataclass(frozen=True, slots=True)
class Landmarks:
    """The stages of a pipeline that its figures are about."""

    pipeline: str
    opening: str
    granting: str
    stopping: Sequence[str]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a period counts. `stopped` are the dossiers that ended without succeeding."""

    period: Period
    entered: Mapping[str, int]
    stopped: int
    cells: tuple[Cell, ...]
    amounts: Amounts
    times: Mapping[str, TimeInStage]
    sessions: Sessions


def figures_of(
    connection: Connection, organisme_id: int, landmarks: Landmarks, period: Period
) -> Figures:
    """The figures of a period, in five queries."""
    key, stages = landmarks.pipeline, (landmarks.opening, landmarks.granting)
    stopped = dossiers_entering(organisme_id, key, landmarks.stopping, period)
    cells = cells_of(connection, organisme_id, key, period, stages)
    return Figures(
        period=period,
        entered=funnel(connection, organisme_id, key, period),
        stopped=how_many(connection, stopped),
        cells=cells,
        amounts=amounts_of(cells, *stages),
        times=times_in_stages(connection, organisme_id, key, period),
        sessions=sessions_of(connection, organisme_id, key, period),
    )
