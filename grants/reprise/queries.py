"""Reprises as their pages read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.dossiers.tables import Dossier
from grants.reprise.known import DOSSIER, STRUCTURE
from grants.reprise.tables import Reprise, RepriseLigne
from grants.structures.tables import Structure
from workflow.database import LARGEST_ID, table_of
from workflow.errors import NotFound

_R, _L = table_of(Reprise), table_of(RepriseLigne)
_D, _S = table_of(Dossier), table_of(Structure)
MOST_LISTED = 50
MOST_LINKED = 20


@dataclass(frozen=True, slots=True)
class RepriseLine:
    """One reprise on the list."""

    id: int
    sujet: str
    pipeline: str | None
    nom: str
    etat: str
    cree_le: datetime
    cree_par: str
    fini_le: datetime | None


_LINE = (
    _R.c.id,
    _R.c.sujet,
    _R.c.pipeline,
    _R.c.nom,
    _R.c.etat,
    _R.c.cree_le,
    _R.c.cree_par,
    _R.c.fini_le,
)


def list_reprises(connection: Connection, organisme_id: int) -> list[RepriseLine]:
    """The latest reprises of an organisme."""
    query = select(*_LINE).where(_R.c.organisme_id == organisme_id)
    ordered = query.order_by(_R.c.id.desc()).limit(MOST_LISTED)
    return [RepriseLine(*row) for row in connection.execute(ordered)]


def read_reprise(
    connection: Connection, organisme_id: int, id: int, *, lock: bool = False
) -> dict[str, Any]:
    """One reprise, its file included. Raises NotFound, also for another organisme's."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = select(*_R.c).where(_R.c.id == id, _R.c.organisme_id == organisme_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def first_added(connection: Connection, reprise_id: int) -> list[tuple[str, int, str]]:
    """The first dossiers and structures that a reprise added: kind, id, name."""
    found: list[tuple[str, int, str]] = []
    for kind, table, name in ((DOSSIER, _D, _D.c.reference), (STRUCTURE, _S, _S.c.nom)):
        query = (
            select(table.c.id, name)
            .join(_L, _L.c.fiche_id == table.c.id)
            .where(_L.c.reprise_id == reprise_id, _L.c.genre == kind)
            .order_by(table.c.id)
            .limit(MOST_LINKED - len(found))
        )
        if len(found) < MOST_LINKED:
            found += [(kind, row[0], row[1]) for row in connection.execute(query)]
    return found
