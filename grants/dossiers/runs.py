"""An order as runs of dossiers, each along an index: what lets any page be read without sorting.

A stage, a referent, those without an amount: such a run holds one value and goes by id. A
commune, an amount, a date: such a run goes by its column, then by id. One run follows another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    literal,
    or_,
    tuple_,
    type_coerce,
)

from grants.dossiers.counters import referents_in_use, stages_in_use
from grants.dossiers.filters import NOBODY, Bind, D, as_given
from workflow.pipeline import Pipeline

#: The names under which the start of a page is bound.
VALUE, ID = "apres_valeur", "apres_id"
#: What a run is told by when it goes along a column.
_MANY = object()


@dataclass(frozen=True, slots=True)
class Run:
    """Dossiers that `condition` keeps: all of one `value`, or ordered by a column."""

    value: Any
    condition: ColumnElement[bool] | None = None
    column: ColumnElement[Any] | None = None


def runs_of(
    connection: Connection, organisme_id: int, key: str, pipeline: Pipeline | None
) -> tuple[Run, ...]:
    """The runs of an order, upwards."""
    if key == "etape" and pipeline is not None:
        return _stages(stages_in_use(connection, organisme_id, pipeline.key), pipeline)
    if key == "referent":
        return _referents(referents_in_use(connection, organisme_id))
    return _ALONG.get(key, _ALONG["dossier"])


def in_order(
    here: Select[Any],
    runs: Sequence[Run],
    start: tuple[Any, int] | None,
    *,
    descending: bool,
    most: int,
    bind: Bind = as_given,
    organisme: int | None = None,
    sorting: bool = False,
) -> Iterator[Select[Any]]:
    """The first `most` ids of each run after the start, with the run's rank as `rang`.

    An `organisme` is the first key of the order, where that must be said: see `listing.py`. Runs
    that are short are better sorted (`sorting`) than followed along an index that holds others.
    """
    place, held = (0, False) if start is None else place_of(runs, start[0])
    if descending:
        stop = len(runs) if start is None else place + held
        ahead = list(reversed(runs[:stop]))
    else:
        ahead = list(runs[place:])
    for rank, run in enumerate(ahead):
        keys: list[ColumnElement[Any]] = [D.c.id + 0 if sorting else D.c.id]
        if run.column is not None and run.column is not D.c.id:
            keys.insert(0, run.column)
        part = here.add_columns(literal(rank, Integer).label("rang"))
        if run.condition is not None:
            part = part.where(run.condition)
        if start is not None and held and rank == 0:
            named = list(zip((VALUE, ID), start, strict=True))[-len(keys) :]
            if organisme is not None:
                named.insert(0, ("organisme", organisme))
            whole = keys if organisme is None else [D.c.organisme_id, *keys]
            part = part.where(_after(whole, named, descending, bind))
        if organisme is not None:
            keys.insert(0, D.c.organisme_id)
        yield part.order_by(*[key.desc() if descending else key.asc() for key in keys]).limit(most)


def place_of(runs: Sequence[Run], value: Any) -> tuple[int, bool]:
    """Which run holds a value, if one does; else how many stand under it."""
    for place, run in enumerate(runs):
        if run.value == value:
            return place, True
    for place, run in enumerate(runs):
        if run.column is not None:
            return place, True
    return sum(run.value < value for run in runs), False


def _after(
    keys: Sequence[ColumnElement[Any]],
    named: Sequence[tuple[str, Any]],
    descending: bool,
    bind: Bind,
) -> ColumnElement[bool]:
    here = tuple_(*keys)
    there = tuple_(
        *[
            type_coerce(bind(name, each), key.type)
            for (name, each), key in zip(named, keys, strict=True)
        ]
    )
    return here < there if descending else here > there


def _with_gaps(column: ColumnElement[Any], gap: Any) -> tuple[Run, ...]:
    """Those without a value stand under all others."""
    return Run(gap, column.is_(None)), Run(_MANY, column.is_not(None), column)


def _stages(used: set[str], pipeline: Pipeline) -> tuple[Run, ...]:
    """The stages in the order of the pipeline; after them, those that it no longer has."""
    ranks = {stage.key: rank for rank, stage in enumerate(pipeline.stages)}
    found = [
        Run(rank, and_(D.c.pipeline == pipeline.key, D.c.stage == key))
        for key, rank in ranks.items()
        if key in used
    ]
    if unknown := sorted(used - ranks.keys()):
        gone = and_(D.c.pipeline == pipeline.key, D.c.stage.in_(unknown))
        found.append(Run(len(ranks), gone))
    return tuple(found)


def _referents(names: Mapping[int, str]) -> tuple[Run, ...]:
    """Referents by name, nobody first; two of the same name make one run."""
    found = []
    for name in sorted(set(names.values())):
        ids = [id for id, nom in names.items() if nom == name]
        held = [D.c.referent_id.is_(None) if id == NOBODY else D.c.referent_id == id for id in ids]
        found.append(Run(name, or_(*held)))
    return tuple(found)


#: The orders that follow a column, whoever looks.
_ALONG: Mapping[str, tuple[Run, ...]] = {
    "dossier": (Run(_MANY, column=D.c.id),),
    "etape": (Run(_MANY, column=D.c.stage),),
    "lieu": _with_gaps(D.c.commune, ""),
    "demande": _with_gaps(D.c.montant_demande, 0),
    "accorde": _with_gaps(D.c.montant_accorde, 0),
    "depuis": (Run(_MANY, column=D.c.stage_since),),
}
