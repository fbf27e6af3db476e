"""Missions as screens read them: one of them whole, those of a prestataire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from grants.dla.missions.service import MISSIONS
from grants.dla.missions.tables import Facture, Journee, Mission
from grants.dla.tables import Prestataire
from workflow.database import table_of

_M, _J, _F, _T = (table_of(each) for each in (Mission, Journee, Facture, Prestataire))
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class MissionSight:
    """A mission with its days and its invoices. Days in hundredths, amounts in cents."""

    row: Mapping[str, Any]
    prestataire: str
    journees: tuple[Mapping[str, Any], ...]
    factures: tuple[Mapping[str, Any], ...]

    @property
    def done(self) -> int:
        """The days given so far."""
        return sum(each["jours"] for each in self.journees)

    @property
    def billed(self) -> int:
        """What was invoiced so far."""
        return sum(each["montant"] for each in self.factures)

    @property
    def paid(self) -> int:
        """What was paid so far."""
        return sum(each["montant"] for each in self.factures if each["payee_le"] is not None)


@dataclass(frozen=True, slots=True)
class Past:
    """The missions that a prestataire had, and the mean of how they went, in hundredths."""

    missions: int
    judged: int
    mean: int | None


def read_mission(connection: Connection, organisme_id: int, id: int) -> MissionSight:
    """One mission. Raises NotFound, also for another organisme's."""
    row = MISSIONS.read(connection, organisme_id, id)
    name = select(_T.c.nom).where(_T.c.id == row["prestataire_id"])
    days = select(*_J.c).where(_J.c.mission_id == id).order_by(_J.c.le, _J.c.id)
    invoices = select(*_F.c).where(_F.c.mission_id == id).order_by(_F.c.le, _F.c.id)
    return MissionSight(
        row,
        connection.execute(name).scalar_one(),
        tuple(dict(each) for each in connection.execute(days).mappings()),
        tuple(dict(each) for each in connection.execute(invoices).mappings()),
    )


def mission_of_dossier(
    connection: Connection, organisme_id: int, dossier_id: int
) -> Mapping[str, Any] | None:
    """The mission that a dossier has under way, or had last."""
    query = (
        select(*_M.c)
        .where(_M.c.organisme_id == organisme_id, _M.c.dossier_id == dossier_id)
        .where(_M.c.annulee_le.is_(None))
        .order_by(_M.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def past_of(connection: Connection, organisme_id: int) -> dict[int, Past]:
    """How the missions of each prestataire went, by prestataire."""
    query = (
        select(
            *(_M.c.prestataire_id, func.count().label("missions")),
            func.count(_M.c.evaluation).label("judged"),
            func.sum(_M.c.evaluation).label("total"),
        )
        .where(_M.c.organisme_id == organisme_id, _M.c.annulee_le.is_(None))
        .group_by(_M.c.prestataire_id)
    )
    return {
        row.prestataire_id: Past(row.missions, row.judged, _mean(row.total, row.judged))
        for row in connection.execute(query)
    }


def _mean(total: int | None, judged: int) -> int | None:
    return (2 * _HUNDREDTHS * int(total or 0) + judged) // (2 * judged) if judged else None
