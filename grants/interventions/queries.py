"""What the pages, the exports and the programs read of interventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from grants.dossiers.tables import Dossier
from grants.interventions.tables import Intervention
from grants.organisation.tables import Compte
from grants.structures.tables import Structure
from workflow.database import table_of

_I, _S, _D, _C = (table_of(each) for each in (Intervention, Structure, Dossier, Compte))
DAYS_OF_A_WEEK = 7
PAGE = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """What narrows the list: who, the structure, the dispositif, the kind, a period."""

    qui: int | None = None
    structure: int | None = None
    dispositif: str | None = None
    nature: str | None = None
    du: date | None = None
    au: date | None = None
    dossier: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One intervention as lists show it, with the names of what it is about."""

    id: int
    compte_id: int
    qui: str
    structure_id: int | None
    structure: str | None
    dossier_id: int | None
    reference: str | None
    dispositif: str
    nature: str
    le: date
    minutes: int
    km: int
    note: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Total:
    """How many, how long, how far; on how many structures."""

    nombre: int = 0
    minutes: int = 0
    km: int = 0
    structures: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, latest first, and after which one the next page starts."""

    lines: tuple[Line, ...]
    next: int | None


_LINE = (
    _I.c.id,
    _I.c.compte_id,
    _C.c.nom.label("qui"),
    _I.c.structure_id,
    _S.c.nom.label("structure"),
    _I.c.dossier_id,
    _D.c.reference,
    _I.c.dispositif,
    _I.c.nature,
    _I.c.le,
    _I.c.minutes,
    _I.c.km,
    _I.c.note,
    _I.c.seq.label("version"),
)
_FROM = (
    _I.join(_C, _C.c.id == _I.c.compte_id)
    .outerjoin(_S, _S.c.id == _I.c.structure_id)
    .outerjoin(_D, _D.c.id == _I.c.dossier_id)
)


def page_of(
    connection: Connection,
    organisme_id: int,
    kept: Kept,
    after: int | None = None,
    size: int = PAGE,
) -> Page:
    """The interventions that are kept, latest first, from after one of them on."""
    query = select(*_LINE).select_from(_FROM).where(*clauses(organisme_id, kept))
    if after is not None:
        last = select(_I.c.le).where(_I.c.organisme_id == organisme_id, _I.c.id == after)
        day = connection.execute(last).scalar_one_or_none()
        if day is None:
            return Page((), None)
        query = query.where(tuple_(_I.c.le, _I.c.id) < tuple_(day, after))
    rows = connection.execute(query.order_by(_I.c.le.desc(), _I.c.id.desc()).limit(size + 1)).all()
    lines = tuple(Line(*row) for row in rows[:size])
    return Page(lines, lines[-1].id if len(rows) > size else None)


def one_line(connection: Connection, organisme_id: int, id: int) -> Line | None:
    """One intervention with its names."""
    mine = (_I.c.organisme_id == organisme_id, _I.c.id == id, _I.c.retiree_le.is_(None))
    row = connection.execute(select(*_LINE).select_from(_FROM).where(*mine)).first()
    return None if row is None else Line(*row)


def total_of(connection: Connection, organisme_id: int, kept: Kept) -> Total:
    """What the interventions that are kept come to."""
    query = select(
        func.count(),
        func.coalesce(func.sum(_I.c.minutes), 0),
        func.coalesce(func.sum(_I.c.km), 0),
        func.count(_I.c.structure_id.distinct()),
    ).where(*clauses(organisme_id, kept))
    return Total(*(int(each) for each in connection.execute(query).one()))


def week_of(connection: Connection, organisme_id: int, qui: int, monday: date) -> tuple[Line, ...]:
    """Somebody's week, in the order of its days."""
    kept = Kept(qui=qui, du=monday, au=monday + timedelta(days=DAYS_OF_A_WEEK - 1))
    query = select(*_LINE).select_from(_FROM).where(*clauses(organisme_id, kept))
    rows = connection.execute(query.order_by(_I.c.le, _I.c.id))
    return tuple(Line(*row) for row in rows)


def last_noted(
    connection: Connection, organisme_id: int, compte_id: int
) -> Mapping[str, Any] | None:
    """What somebody noted last, which the next form proposes again."""
    query = select(*_I.c).where(
        _I.c.organisme_id == organisme_id, _I.c.compte_id == compte_id, _I.c.retiree_le.is_(None)
    )
    row = connection.execute(query.order_by(_I.c.id.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def those_who_noted(connection: Connection, organisme_id: int) -> list[tuple[int, str]]:
    """Everybody who has an intervention, those who left included, by name."""
    query = (
        select(_C.c.id, _C.c.nom)
        .join(_I, _I.c.compte_id == _C.c.id)
        .where(_I.c.organisme_id == organisme_id)
        .distinct()
        .order_by(_C.c.nom)
    )
    return [(row.id, row.nom) for row in connection.execute(query)]


def clauses(organisme_id: int, kept: Kept) -> list[ColumnElement[bool]]:
    """What the lists, the totals and the exports keep alike."""
    columns = {
        _I.c.compte_id: kept.qui,
        _I.c.structure_id: kept.structure,
        _I.c.dispositif: kept.dispositif,
        _I.c.nature: kept.nature,
        _I.c.dossier_id: kept.dossier,
    }
    found = [_I.c.organisme_id == organisme_id, _I.c.retiree_le.is_(None)]
    found += [column == value for column, value in columns.items() if value is not None]
    if kept.du is not None:
        found.append(_I.c.le >= kept.du)
    if kept.au is not None:
        found.append(_I.c.le <= kept.au)
    return found
