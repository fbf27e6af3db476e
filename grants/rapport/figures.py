"""Every figure of one pipeline over one period: the same queries, however many dossiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grants.rapport.amounts import Amounts, Cell, amounts_of, cells_in, places
from grants.rapport.periods import Period
from grants.rapport.sessions import Sessions, sessions_of
from grants.rapport.stages import TimeInStage, entered_in, stopped_in, times_of
from grants.rapport.tally import ENTERED, LEFT, SPENT, Tally


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


def figures_of(tally: Tally, landmarks: Landmarks, period: Period) -> Figures:
    """The figures of a period: one query of the counts, one of the séances."""
    key, stages = landmarks.pipeline, (landmarks.opening, landmarks.granting)
    counts = tally.over(key, period, ENTERED, SPENT, LEFT, *places(stages))
    cells = cells_in(counts)
    return Figures(
        period=period,
        entered=entered_in(counts),
        stopped=stopped_in(counts, landmarks.stopping),
        cells=cells,
        amounts=amounts_of(cells, *stages),
        times=times_of(counts),
        sessions=sessions_of(tally.connection, tally.organisme_id, key, period),
    )
