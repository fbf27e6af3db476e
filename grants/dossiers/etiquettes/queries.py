"""The étiquettes of an organisme, and of its dossiers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from grants.dossiers.etiquettes.tables import DossierEtiquette, Etiquette
from workflow.database import LARGEST_ID, table_of

_E, _B = table_of(Etiquette), table_of(DossierEtiquette)


@dataclass(frozen=True, slots=True)
class Tag:
    """One étiquette: its id and what is read of it."""

    id: int
    nom: str


def tags_of_organisme(connection: Connection, organisme_id: int) -> list[Tag]:
    """Every étiquette of an organisme, by name."""
    query = select(_E.c.id, _E.c.nom).where(_E.c.organisme_id == organisme_id)
    return [Tag(row.id, row.nom) for row in connection.execute(query.order_by(_E.c.nom_cle))]


def read_tag(connection: Connection, organisme_id: int, id: int) -> Tag | None:
    """One étiquette of an organisme."""
    if not 0 < id <= LARGEST_ID:
        return None
    query = select(_E.c.id, _E.c.nom).where(_E.c.organisme_id == organisme_id, _E.c.id == id)
    row = connection.execute(query).first()
    return None if row is None else Tag(row.id, row.nom)


def tags_of(
    connection: Connection, organisme_id: int, dossiers: Collection[int]
) -> dict[int, list[Tag]]:
    """The étiquettes of each of these dossiers that has any, by name."""
    found: dict[int, list[Tag]] = {}
    if not dossiers:
        return found
    query = (
        select(_B.c.dossier_id, _E.c.id, _E.c.nom)
        .join(_E, _E.c.id == _B.c.etiquette_id)
        .where(_B.c.organisme_id == organisme_id, _B.c.dossier_id.in_(dossiers))
        .order_by(_E.c.nom_cle)
    )
    for row in connection.execute(query):
        found.setdefault(row.dossier_id, []).append(Tag(row.id, row.nom))
    return found
