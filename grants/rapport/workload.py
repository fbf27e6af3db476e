"""Who has how much in hand: open dossiers by stage, the late ones, those that went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, case, func, literal, select

from grants.dossiers.counters import PRESENT
from grants.dossiers.filters import NOBODY, C, D, late_limits
from grants.rapport.periods import Period
from grants.rapport.tally import MOVED, Tally
from workflow.pipeline import Pipeline


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
    tally: Tally, pipeline: Pipeline, period: Period, late_before: Mapping[str, date]
) -> tuple[Load, ...]:
    """Every referent with something in hand or that went on, by name, nobody last."""
    connection, organisme_id = tally.connection, tally.organisme_id
    moved: dict[int, int] = {}
    for what, (number, *_) in tally.over(pipeline.key, period, MOVED).items():
        moved[int(what.detail)] = number
    held = list(connection.execute(_held(organisme_id, pipeline, late_before)))
    who = {row[0] for row in held} | moved.keys()
    named = connection.execute(select(C.c.id, C.c.nom).where(C.c.id.in_(who)))
    names: dict[int, str] = {row.id: row.nom for row in named}
    loads = {id: Load(id or None, names.get(id, ""), moved=moved.get(id, 0)) for id in who}
    for id, stage, count, late in held:
        loads[id].open[stage] = int(count)
        loads[id].late += int(late)
    return tuple(sorted(loads.values(), key=lambda load: (load.referent_id is None, load.nom)))


def _held(
    organisme_id: int, pipeline: Pipeline, late_before: Mapping[str, date]
) -> Select[Any, Any, Any, Any]:
    """(referent, stage, how many are open there, how many of them late): nobody is 0.

    The counts say how many there are; the late ones are counted along an index.
    """
    stages = [stage.key for stage in pipeline.stages if not stage.final]
    here = (
        select(PRESENT.c.referent_id, PRESENT.c.stage, func.sum(PRESENT.c.nombre).label("nombre"))
        .where(PRESENT.c.organisme_id == organisme_id, PRESENT.c.pipeline == pipeline.key)
        .where(PRESENT.c.stage.in_(stages))
        .group_by(PRESENT.c.referent_id, PRESENT.c.stage)
        .having(func.sum(PRESENT.c.nombre) != 0)
        .subquery()
    )
    of_whom, nobody = D.c.referent_id == here.c.referent_id, D.c.referent_id.is_(None)
    late = literal(0)
    if limits := late_limits(late_before):
        before = case(limits, value=here.c.stage)
        late = case(
            (here.c.referent_id == NOBODY, _late(organisme_id, pipeline, here, before, nobody)),
            else_=_late(organisme_id, pipeline, here, before, of_whom),
        )
    return select(here.c.referent_id, here.c.stage, here.c.nombre, late)


def _late(
    organisme_id: int,
    pipeline: Pipeline,
    here: Subquery,
    before: ColumnElement[datetime],
    whose: ColumnElement[bool],
) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(D)
        .where(D.c.organisme_id == organisme_id, whose, D.c.pipeline == pipeline.key)
        .where(D.c.stage == here.c.stage, D.c.stage_since < before)
        .correlate(here)
        .scalar_subquery()
    )
