"""Who has how much in hand: open dossiers by stage, the late ones, those that went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, case, func, select

from grants.dossiers.filters import C, D, overdue
from grants.rapport.queries import Period, dossiers_moved
from workflow.pipeline import Pipeline

_HELD = D.outerjoin(C, C.c.id == D.c.referent_id)


@dataclass(slots=True)
class Load:
    """One referent's dossiers; nobody's under None. `moved` counts those of the period."""

    referent_id: int | None
    nom: str
    open: dict[str, int] = field(default_factory=dict)
    late: int = 0
    moved: int = 0

    @property
    def total(self) -> int:
        """How many are open, whatever their stage."""
        return sum(self.open.values())


def workload(
    connection: Connection,
    organisme_id: int,
    pipeline: Pipeline,
    period: Period,
    late_before: Mapping[str, date],
) -> tuple[Load, ...]:
    """Every referent with something in hand or that went on, by name, nobody last; two queries."""
    loads: dict[int | None, Load] = {}
    open_ones = (
        select(
            D.c.referent_id,
            C.c.nom,
            D.c.stage,
            func.count(),
            func.sum(case((overdue(late_before), 1), else_=0)),
        )
        .select_from(_HELD)
        .where(
            D.c.organisme_id == organisme_id,
            D.c.pipeline == pipeline.key,
            D.c.stage.in_([stage.key for stage in pipeline.stages if not stage.final]),
        )
        .group_by(D.c.referent_id, C.c.nom, D.c.stage)
    )
    for id, nom, stage, count, late in connection.execute(open_ones):
        load = loads.setdefault(id, Load(id, nom or ""))
        load.open[stage] = count
        load.late += int(late)
    moved = (
        select(D.c.referent_id, C.c.nom, func.count())
        .select_from(_HELD)
        .where(
            D.c.organisme_id == organisme_id,
            D.c.id.in_(dossiers_moved(organisme_id, pipeline.key, period)),
        )
        .group_by(D.c.referent_id, C.c.nom)
    )
    for id, nom, count in connection.execute(moved):
        loads.setdefault(id, Load(id, nom or "")).moved = count
    return tuple(sorted(loads.values(), key=lambda load: (load.referent_id is None, load.nom)))
