"""The figures of a period counted one by one in the journal: no count that is kept is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from grants.dossiers.filters import D, overdue
from grants.rapport.figures import Figures, Landmarks, figures_of
from grants.rapport.periods import Period
from grants.rapport.queries import dossiers_entering, dossiers_moved, first_entries
from grants.rapport.tally import Tally
from grants.rapport.workload import Load, workload
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.journal_tables import JournalEntry
from workflow.pipeline import Pipeline

_J = table_of(JournalEntry)
Told = dict[str, Any]


def told(
    connection: Connection,
    organisme_id: int,
    pipeline: Pipeline,
    landmarks: Landmarks,
    period: Period,
    late: Mapping[str, date],
) -> Told:
    """What « Pilotage » tells, in the plainest shape."""
    tally = Tally(connection, organisme_id)
    figures = figures_of(tally, landmarks, period)
    loads = workload(tally, pipeline, period, late)
    return {
        "entered": dict(figures.entered),
        "stopped": figures.stopped,
        "cells": _sorted(
            (c.departement, c.secteur, c.stage, c.dossiers, c.demande, c.accorde, c.accordes)
            for c in figures.cells
        ),
        "times": _times_told(figures),
        "moved": {load.referent_id: load.moved for load in loads if load.moved},
        "late": {load.referent_id: load.late for load in loads if load.late},
        "open": _open_told(loads),
    }


def plain(
    connection: Connection,
    organisme_id: int,
    pipeline: Pipeline,
    landmarks: Landmarks,
    period: Period,
    late: Mapping[str, date],
) -> Told:
    """The same, counted."""
    key, here = pipeline.key, D.c.organisme_id == organisme_id

    def entering(*stages: str) -> Select[Any]:
        return dossiers_entering(organisme_id, key, stages, period)

    def number(ids: Select[Any]) -> int:
        return len(connection.execute(ids).all())

    def by(*columns: Any, where: Sequence[Any]) -> dict[Any, int]:
        query = select(*columns, func.count()).where(here, *where).group_by(*columns)
        rows = [tuple(row) for row in connection.execute(query)]
        return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}

    still = [stage.key for stage in pipeline.stages if not stage.final]
    standing = (D.c.pipeline == key, D.c.stage.in_(still))
    entered: dict[str, int] = {}
    for stage, _id in connection.execute(first_entries(organisme_id, key, period)):
        entered[stage] = entered.get(stage, 0) + 1
    sums = (D.c.montant_demande, D.c.montant_accorde)
    cells = [
        (row[0], row[1], stage, *map(int, row[2:]))
        for stage in dict.fromkeys((landmarks.opening, landmarks.granting))
        for row in connection.execute(
            select(D.c.departement, D.c.secteur, func.count())
            .add_columns(*(func.coalesce(func.sum(each), 0) for each in sums))
            .add_columns(func.count(D.c.montant_accorde))
            .where(here, D.c.id.in_(entering(stage)))
            .group_by(D.c.departement, D.c.secteur)
        )
    ]
    return {
        "entered": entered,
        "stopped": number(entering(*landmarks.stopping)),
        "cells": _sorted(cells),
        "times": _times(connection, organisme_id, key, period),
        "moved": by(D.c.referent_id, where=[D.c.id.in_(dossiers_moved(organisme_id, key, period))]),
        "late": by(D.c.referent_id, where=[and_(*standing, overdue(late))]),
        "open": by(D.c.referent_id, D.c.stage, where=standing),
    }


def _times(
    connection: Connection, organisme_id: int, key: str, period: Period
) -> dict[str, tuple[int, int, int, int]]:
    """Stay by stay, from the lines of each dossier."""
    query = select(_J).where(_J.c.subject_kind == "dossier", _J.c.tenant_id == organisme_id)
    rows = connection.execute(query.order_by(_J.c.subject_id, _J.c.seq)).mappings()
    stays: dict[str, list[tuple[int, int]]] = {}
    for id, lines in groupby(rows, itemgetter("subject_id")):
        for stage, days in _stays(list(lines), key, period):
            stays.setdefault(stage, []).append((days, id))
    found = {}
    for stage, each in stays.items():
        days = sorted(days for days, _ in each)
        ninth = days[-(-9 * len(days) // 10) - 1]
        found[stage] = (len(days), int(median(days) + 0.5), ninth, len({id for _, id in each}))
    return found


def _stays(
    lines: Sequence[Mapping[str, Any]], key: str, period: Period
) -> Iterator[tuple[str, int]]:
    """(stage, days) of each exit of a dossier in the period."""
    corrected = {line["corrects"] for line in lines}
    moves = [
        line
        for line in lines
        if line["to_stage"] is not None
        and line["from_stage"] != line["to_stage"]
        and line["corrects"] is None
        and line["seq"] not in corrected
    ]
    for before, move in pairwise(moves):
        left, came = (to_paris(line["at"]).date() for line in (move, before))
        inside = (period.since or left) <= left <= (period.until or left)
        if move["pipeline"] == key and inside:
            yield move["from_stage"], (left - came).days


def _times_told(figures: Figures) -> dict[str, tuple[int, int, int, int]]:
    return {
        stage: (each.count, each.median, each.ninth, each.dossiers)
        for stage, each in figures.times.items()
    }


def _open_told(loads: Sequence[Load]) -> dict[tuple[int | None, str], int]:
    return {
        (load.referent_id, stage): count for load in loads for stage, count in load.open.items()
    }


def _sorted(rows: Any) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: [str(value) for value in row])
