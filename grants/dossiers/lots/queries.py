"""Lots as pages and services read them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.filters import WITH_NAMES, D
from grants.dossiers.lots.tables import Lot, LotDossier
from grants.organisation.identity import Identity
from workflow.database import LARGEST_ID, table_of
from workflow.errors import NotFound

PAGE = 50
#: What may become of a dossier.
OUTCOMES = ("attente", "possible", "impossible", "fait", "deja", "refuse", "annule", "garde")
#: The states of the lines that each state of a lot has still to see to, and what it ends in.
WAITING: Mapping[str, tuple[tuple[str, ...], str]] = {
    "verification": (("attente",), "verifie"),
    "execution": (("attente", "possible", "impossible"), "termine"),
    "annulation": (("fait",), "annule"),
}
_L, _LD = table_of(Lot), table_of(LotDossier)


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot: what it is for, how far it is. `demande` is what was asked, plain."""

    id: int
    compte_id: int
    cree_le: datetime
    nature: str
    titre: str
    demande: Mapping[str, Any]
    etat: str
    nombre: int
    retour: str

    @property
    def working(self) -> bool:
        """Whether dossiers still wait for their turn."""
        return self.etat in WAITING


@dataclass(frozen=True, slots=True)
class Group:
    """The dossiers of a lot that stand together: same pipeline, same version, same stage."""

    pipeline: str
    version: int
    stage: str
    count: int
    example: int


@dataclass(frozen=True, slots=True)
class LotLine:
    """One dossier of a lot, with what became of it."""

    dossier: DossierLine
    etat: str
    raisons: tuple[str, ...]


_COLUMNS = tuple(_L.c[name] for name in OpenLot.__dataclass_fields__)


def read_lot(connection: Connection, identity: Identity, id: int, *, lock: bool = False) -> OpenLot:
    """A lot of the organisme. Raises NotFound."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = select(*_COLUMNS).where(_L.c.organisme_id == identity.organisme_id, _L.c.id == id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound
    return OpenLot(**{**row, "demande": json.loads(row["demande"])})


def groups_of(connection: Connection, lot_id: int) -> list[Group]:
    """Where the dossiers of a lot stand, the most numerous first."""
    count = func.count()
    query = (
        select(D.c.pipeline, D.c.pipeline_version, D.c.stage, count, func.min(D.c.id))
        .join(_LD, _LD.c.dossier_id == D.c.id)
        .where(_LD.c.lot_id == lot_id)
        .group_by(D.c.pipeline, D.c.pipeline_version, D.c.stage)
        .order_by(count.desc(), D.c.pipeline, D.c.stage)
    )
    return [Group(*row) for row in connection.execute(query)]


def counts_by_state(connection: Connection, lot_id: int) -> Counter[str]:
    """How many dossiers of a lot are in each state."""
    query = select(_LD.c.etat, func.count()).where(_LD.c.lot_id == lot_id).group_by(_LD.c.etat)
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def left_of(lot: OpenLot, counts: Mapping[str, int]) -> int:
    """How many dossiers still wait for their turn."""
    states, _end = WAITING.get(lot.etat, ((), ""))
    return sum(counts.get(state, 0) for state in states)


def reasons_of(connection: Connection, lot_id: int) -> Counter[str]:
    """How many dossiers of a lot each sentence is said of."""
    found: Counter[str] = Counter()
    query = (
        select(_LD.c.raisons, func.count())
        .where(_LD.c.lot_id == lot_id, _LD.c.raisons != "[]")
        .group_by(_LD.c.raisons)
    )
    for raisons, count in connection.execute(query):
        found.update(dict.fromkeys(json.loads(raisons), count))
    return found


def lines_of_lot(
    connection: Connection, lot_id: int, states: Collection[str], after: int = 0, size: int = PAGE
) -> tuple[list[LotLine], int | None]:
    """A page of the dossiers in these states, and where the next one starts, if there is one."""
    query = (
        select(*LINE, _LD.c.etat.label("devenu"), _LD.c.raisons.label("raisons"))
        .select_from(WITH_NAMES.join(_LD, _LD.c.dossier_id == D.c.id))
        .where(_LD.c.lot_id == lot_id, _LD.c.dossier_id > after)
        .order_by(_LD.c.dossier_id)
        .limit(size + 1)
    )
    if states:
        query = query.where(_LD.c.etat.in_(states))
    rows = list(connection.execute(query).mappings())
    shown = [
        LotLine(line(row), row["devenu"], tuple(json.loads(row["raisons"]))) for row in rows[:size]
    ]
    return shown, shown[-1].dossier.id if len(rows) > size else None
