"""Rows of the séances of comités, and of the hours that their members gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from grants.comites.agenda import RETIRE
from grants.comites.assemblee import PRESENT
from grants.comites.heures import time_of
from grants.comites.tables import Membre, Passage, Presence, Seance
from grants.dossiers.tables import Dossier
from grants.organisation.tables import Personne
from grants.rapport.activite.model import Column, Row, Source
from grants.rapport.activite.sight import Sight
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.dates import to_paris

_S, _R, _M, _P = (table_of(each) for each in (Seance, Presence, Membre, Passage))
_D, _T, _N = table_of(Dossier), table_of(Structure), table_of(Personne)
_HELD = ("close", "pv_valide")
_MINUTE = timedelta(minutes=1)


def seances(key: str, label: str, *dispositifs: str) -> Source:
    """The séances held in the period where dossiers of some dispositifs were heard."""

    def read(sight: Sight) -> Iterator[Row]:
        there: dict[int, list[Mapping[str, Any]]] = {}
        for row in _presences(sight):
            there.setdefault(row["seance_id"], []).append(row)
        for row in _sessions(sight, dispositifs):
            present = there.get(row["id"], [])
            yield Row(
                {
                    "le": to_paris(row["tenue_le"]).date(),
                    "comite": row["comite"],
                    "lieu": row["lieu"] or None,
                    "dossiers": row["dossiers"],
                    "presents": len(present),
                    "minutes": sum(map(_minutes, present)),
                },
                ("seance", row["id"]),
            )

    columns = (
        Column("le", "Date", "date"),
        Column("comite", "Comité"),
        Column("lieu", "Lieu"),
        Column("dossiers", "Dossiers", "nombre"),
        Column("presents", "Participants", "nombre"),
        Column("minutes", "Minutes de présence", "nombre"),
    )
    return Source(key, label, columns, read)


def _read_presences(sight: Sight) -> Iterator[Row]:
    for row in _presences(sight):
        yield Row(
            {
                "le": to_paris(row["tenue_le"]).date(),
                "comite": row["comite"],
                "membre": row["nom"],
                "structure": row["structure"] or row["au_nom_de"] or None,
                "minutes": _minutes(row),
            },
            ("seance", row["seance_id"]),
        )


#: Every time that a member of a comité came.
PRESENCES = Source(
    "presences",
    "Présences aux comités",
    (
        Column("le", "Date", "date"),
        Column("comite", "Comité"),
        Column("membre", "Membre"),
        Column("structure", "Au nom de"),
        Column("minutes", "Minutes", "nombre"),
    ),
    _read_presences,
)


def _sessions(sight: Sight, dispositifs: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    pipelines = [each.key for name in dispositifs for each in sight.pipelines(name)]
    heard = (_P.c.seance_id == _S.c.id, _P.c.etat != RETIRE, _D.c.id == _P.c.dossier_id)
    count = select(func.count()).select_from(_P.join(_D, _D.c.id == _P.c.dossier_id))
    query = (
        select(
            *(_S.c.id, _S.c.comite, _S.c.tenue_le, _S.c.lieu),
            count.where(*heard[:2]).correlate(_S).scalar_subquery().label("dossiers"),
        )
        .where(*_held(sight), exists().where(*heard, _D.c.pipeline.in_(pipelines)))
        .order_by(_S.c.tenue_le, _S.c.id)
    )
    return sight.connection.execute(query).mappings().all()


def _presences(sight: Sight) -> Sequence[Mapping[str, Any]]:
    """Every member who came to a séance of the period."""

    def read() -> Sequence[Mapping[str, Any]]:
        query = (
            select(
                *(_R.c.seance_id, _R.c.etat, _R.c.arrivee, _R.c.depart, _R.c.absences),
                *(_S.c.comite, _S.c.tenue_le, _N.c.nom),
                _T.c.nom.label("structure"),
                _M.c.structure.label("au_nom_de"),
            )
            .select_from(
                _R.join(_S, _S.c.id == _R.c.seance_id)
                .join(_M, _M.c.id == _R.c.membre_id)
                .join(_N, _N.c.id == _M.c.personne_id)
                .outerjoin(_T, _T.c.id == _M.c.structure_id)
            )
            .where(*_held(sight), _R.c.etat == PRESENT)
            .order_by(_S.c.tenue_le, _R.c.seance_id, _R.c.id)
        )
        return sight.connection.execute(query).mappings().all()

    return sight.once("presences_lues", read)


def _held(sight: Sight) -> Sequence[ColumnElement[bool]]:
    return (
        _S.c.organisme_id == sight.organisme_id,
        _S.c.stage.in_(_HELD),
        *sight.period.clauses(_S.c.tenue_le),
    )


def _minutes(row: Mapping[str, Any]) -> int:
    return round((time_of(row) or timedelta()) / _MINUTE)
