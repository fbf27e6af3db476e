"""What pages read of tâches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, tuple_

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.filters import NOBODY, C, D, P, S
from grants.dossiers.taches.tables import Tache
from grants.organisation.tables import Compte
from workflow.database import table_of

_T = table_of(Tache)
_WHO = table_of(Compte).alias("pour")


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One tâche as lists show it, with its dossier where it hangs on one."""

    id: int
    titre: str
    pour_le: date
    pour: str | None
    auteur: str
    creee_le: datetime
    by_reminder: bool
    faite_le: datetime | None
    faite_par: str | None
    dossier: DossierLine | None


_COLUMNS = (
    _T.c.id.label("tache_id"),
    _T.c.titre.label("tache_titre"),
    _T.c.pour_le,
    _WHO.c.nom.label("pour"),
    _T.c.auteur,
    _T.c.creee_le,
    _T.c.echeance_id,
    _T.c.faite_le,
    _T.c.faite_par,
)
_FROM = _T.outerjoin(_WHO, _WHO.c.id == _T.c.pour_id)
# Joined one by one: SQLite would read every dossier to join several tables as one.
_WITH_DOSSIERS = (
    _FROM.outerjoin(D, D.c.id == _T.c.dossier_id)
    .outerjoin(S, S.c.id == D.c.structure_id)
    .outerjoin(P, P.c.id == D.c.porteur_id)
    .outerjoin(C, C.c.id == D.c.referent_id)
)


def open_tasks(
    connection: Connection,
    organisme_id: int,
    pour: int | None,
    most: int,
    after: tuple[date, int] | None = None,
) -> list[TaskLine]:
    """What is to be done, by whom it falls to (NOBODY: not taken yet; None: all), soonest first.

    `after`: the day and the id of the last one known already.
    """
    query = (
        select(*_COLUMNS, *LINE)
        .select_from(_WITH_DOSSIERS)
        .where(_T.c.organisme_id == organisme_id, _T.c.faite_le.is_(None), *_falls_to(pour))
        .order_by(_T.c.pour_le, _T.c.id)
        .limit(most)
    )
    if after is not None:
        query = query.where(tuple_(_T.c.pour_le, _T.c.id) > tuple_(*after))
    return [_line(row) for row in connection.execute(query).mappings()]


def tasks_done_since(
    connection: Connection, organisme_id: int, compte_id: int, since: datetime, most: int
) -> list[TaskLine]:
    """What somebody has done since a moment, latest first."""
    query = (
        select(*_COLUMNS, *LINE)
        .select_from(_WITH_DOSSIERS)
        .where(
            _T.c.organisme_id == organisme_id,
            _T.c.faite_par_id == compte_id,
            _T.c.faite_le.is_not(None),
            _T.c.faite_le >= since,
        )
        .order_by(_T.c.faite_le.desc(), _T.c.id.desc())
        .limit(most)
    )
    return [_line(row) for row in connection.execute(query).mappings()]


def tasks_of_dossier(connection: Connection, dossier_id: int) -> list[TaskLine]:
    """Every tâche of a dossier: what is to be done, soonest first, then what is done."""
    query = (
        select(*_COLUMNS)
        .select_from(_FROM)
        .where(_T.c.dossier_id == dossier_id)
        .order_by(_T.c.faite_le.is_not(None), _T.c.pour_le, _T.c.id)
    )
    return [_line(row) for row in connection.execute(query).mappings()]


def _falls_to(pour: int | None) -> list[ColumnElement[bool]]:
    if pour is None:
        return []
    return [_T.c.pour_id.is_(None) if pour == NOBODY else _T.c.pour_id == pour]


def _line(row: Mapping[Any, Any]) -> TaskLine:
    return TaskLine(
        id=row["tache_id"],
        titre=row["tache_titre"],
        pour_le=row["pour_le"],
        pour=row["pour"],
        auteur=row["auteur"],
        creee_le=row["creee_le"],
        by_reminder=row["echeance_id"] is not None,
        faite_le=row["faite_le"],
        faite_par=row["faite_par"],
        dossier=line(row) if row.get("id") is not None else None,
    )
