"""The counts of « Pilotage » brought up to date, for the clock; checked, and made anew.

Marked dossiers are taken a few at a time, each time in a transaction of its own: what was counted
of them goes out, what they now are comes in. Nothing that is read depends on when it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from grants.dossiers.filters import D
from grants.rapport.counts import (
    COUNTS,
    MARKED,
    PATHS,
    Finals,
    counted_paths,
    hold_alone,
    present_paths,
)
from grants.rapport.paths import Key, Path, counts_of
from workflow.database import Database
from workflow.engine import Engine

#: How many dossiers go into one transaction.
AT_ONCE = 500
_KEYS = ("organisme_id", *Key._fields)
_SUMS = ("nombre", "demande", "accorde", "accordes")
Totals = dict[tuple[int, Key], list[int]]


def finals_of(engine: Engine) -> Finals:
    """The stages of each pipeline that are final in any of its versions."""
    found: dict[str, frozenset[str]] = {}
    for each in engine.catalogue.every():
        stages = {stage.key for stage in each.pipeline.stages if stage.final}
        found[each.pipeline.key] = found.get(each.pipeline.key, frozenset()) | stages
    return found


def fold_moves(database: Database, engine: Engine) -> int:
    """Count every marked dossier anew; how many there were. On PostgreSQL readers go first."""
    finals, folded = finals_of(engine), 0
    while _waiting(database):
        with database.unit_of_work() as session:
            connection = session.connection()
            if not hold_alone(connection):
                break
            folded += _fold_some(connection, finals)
    return folded


def count_anew(database: Database, engine: Engine) -> int:
    """Forget every count and count every dossier; how many there were."""
    with database.unit_of_work() as session:
        connection = session.connection()
        hold_alone(connection, waiting=True)
        for table in (MARKED, COUNTS, PATHS):
            connection.execute(delete(table))
        every = select(D.c.organisme_id, D.c.id)
        connection.execute(insert(MARKED).from_select([*MARKED.c], every))
        number = connection.execute(select(func.count()).select_from(MARKED)).scalar_one()
    fold_moves(database, engine)
    return number


def differences(connection: Connection, engine: Engine) -> list[tuple[int, Key]]:
    """The counts that are not what counting gives, with what marks still owe them.

    For a transaction that sees nothing of what others do meanwhile.
    """
    finals, told = finals_of(engine), Totals()
    for organisme_id, *values in connection.execute(select(COUNTS)):
        told[organisme_id, Key(*values[: len(Key._fields)])] = values[len(Key._fields) :]
    for organisme_id, ids in _by_organisme(
        connection, select(MARKED.c.organisme_id, MARKED.c.dossier_id)
    ):
        _count(told, organisme_id, counted_paths(connection, ids).values(), -1)
        present = present_paths(connection, organisme_id, ids, finals)
        _count(told, organisme_id, present.values())
    for here in list(connection.execute(select(D.c.organisme_id).distinct()).scalars()):
        every = select(D.c.organisme_id, D.c.id).where(D.c.organisme_id == here)
        for organisme_id, ids in _by_organisme(connection, every):
            present = present_paths(connection, organisme_id, ids, finals)
            _count(told, organisme_id, present.values(), -1)
    return sorted(which for which, sums in told.items() if any(sums))


def _waiting(database: Database) -> bool:
    with database.glance() as connection:
        return connection.execute(select(MARKED.c.dossier_id).limit(1)).first() is not None


def _fold_some(connection: Connection, finals: Finals) -> int:
    marked = select(MARKED).order_by(*MARKED.c).limit(AT_ONCE)
    changes, folded = Totals(), 0
    for organisme_id, ids in _by_organisme(connection, marked):
        # Taken away first: who marks one meanwhile has it counted again, and loses nothing.
        mine = MARKED.c.organisme_id == organisme_id
        connection.execute(delete(MARKED).where(mine, MARKED.c.dossier_id.in_(ids)))
        _count(changes, organisme_id, counted_paths(connection, ids).values(), -1)
        present = present_paths(connection, organisme_id, ids, finals)
        _count(changes, organisme_id, present.values())
        _keep(connection, ids, present)
        folded += len(ids)
    _add(connection, changes)
    return folded


def _by_organisme(connection: Connection, query: Any) -> Iterator[tuple[int, list[int]]]:
    """The dossiers that (organisme, dossier) rows name, a few of one organisme at a time."""
    rows = sorted({tuple(row) for row in connection.execute(query)})
    for organisme_id, found in groupby(rows, itemgetter(0)):
        ids = [id for _, id in found]
        for start in range(0, len(ids), AT_ONCE):
            yield organisme_id, ids[start : start + AT_ONCE]


def _count(totals: Totals, organisme_id: int, paths: Iterable[Path], sign: int = 1) -> None:
    for path in paths:
        for key, sums in counts_of(path):
            total = totals.setdefault((organisme_id, key), [0, 0, 0, 0])
            for place, each in enumerate(sums):
                total[place] += sign * each


def _keep(connection: Connection, ids: list[int], paths: Mapping[int, Path]) -> None:
    connection.execute(delete(PATHS).where(PATHS.c.dossier_id.in_(ids)))
    rows = [{"dossier_id": id, "contenu": path.written()} for id, path in paths.items()]
    if rows:
        connection.execute(insert(PATHS), rows)


def _add(connection: Connection, changes: Totals) -> None:
    rows = [
        {"organisme_id": organisme_id, **key._asdict(), **dict(zip(_SUMS, sums, strict=True))}
        for (organisme_id, key), sums in changes.items()
        if any(sums)
    ]
    if not rows:
        return
    # Here, for a program that starts needs neither.
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    added = dialect.insert(COUNTS)
    sums = {name: COUNTS.c[name] + added.excluded[name] for name in _SUMS}
    connection.execute(added.on_conflict_do_update(index_elements=_KEYS, set_=sums), rows)
    gone = COUNTS.c.nombre == 0
    for organisme_id in {row["organisme_id"] for row in rows if row["nombre"] < 0}:
        connection.execute(delete(COUNTS).where(COUNTS.c.organisme_id == organisme_id, gone))
