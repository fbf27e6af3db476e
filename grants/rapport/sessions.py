"""The séances of a period where a dispositif's dossiers were heard, and the hours given there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, exists, select

from grants.comites.agenda import RETIRE
from grants.comites.heures import time_of_all
from grants.comites.tables import Passage, Presence, Seance
from grants.dossiers.tables import Dossier
from grants.rapport.periods import Period
from workflow.database import table_of

_S, _R = table_of(Seance), table_of(Presence)
_P, _D = table_of(Passage), table_of(Dossier)
_HELD = ("close", "pv_valide")


@dataclass(frozen=True, slots=True)
class Sessions:
    """How many séances were held; how many times somebody came, and how long they sat in all."""

    held: int
    came: int
    time: timedelta

    @property
    def minutes(self) -> int:
        """The time, in whole minutes."""
        return round(self.time.total_seconds() / 60)


def sessions_of(
    connection: Connection, organisme_id: int, pipeline: str, period: Period
) -> Sessions:
    """What the attendance sheets of a period add up to, in one query."""
    heard = exists().where(
        _P.c.seance_id == _S.c.id,
        _P.c.etat != RETIRE,
        _D.c.id == _P.c.dossier_id,
        _D.c.pipeline == pipeline,
    )
    query = (
        select(_S.c.id, _R.c.etat, _R.c.arrivee, _R.c.depart, _R.c.absences)
        .outerjoin(_R, (_R.c.seance_id == _S.c.id) & (_R.c.etat == "present"))
        .where(_S.c.organisme_id == organisme_id, _S.c.stage.in_(_HELD), heard)
        .where(*period.clauses(_S.c.tenue_le))
    )
    rows = connection.execute(query).mappings().all()
    there = [row for row in rows if row["arrivee"] is not None]
    return Sessions(len({row["id"] for row in rows}), len(there), time_of_all(there))
