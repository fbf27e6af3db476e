"""The étiquettes of an organisme, and of its dossiers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select

from grants.dossiers.etiquettes.tables import DossierEtiquette, Etiquette
from workflow.database import LARGEST_ID, table_of
from workflow.statements import Read, Statement

_E, _B = table_of(Etiquette), table_of(DossierEtiquette)
_AT_ONCE = 1000
_EVERY = Statement(
    select(_E.c.id, _E.c.nom)
    .where(_E.c.organisme_id == bindparam("organisme"))
    .order_by(_E.c.nom_cle)
)


@dataclass(frozen=True, slots=True)
class Tag:
    """One étiquette: its id and what is read of it."""

    id: int
    nom: str


def tags_read(organisme_id: int) -> Read:
    """What `tags_of_organisme` reads."""
    return _EVERY, {"organisme": organisme_id}


def tags_of_organisme(connection: Connection, organisme_id: int) -> list[Tag]:
    """Every étiquette of an organisme, by name."""
    statement, values = tags_read(organisme_id)
    return [Tag(row["id"], row["nom"]) for row in statement.rows(connection, values)]


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
    ids = list(dossiers)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        values = {f"dossier{rank}": id for rank, id in enumerate(some)}
        for row in _of(len(some)).rows(connection, {"organisme": organisme_id, **values}):
            found.setdefault(row["dossier_id"], []).append(Tag(row["id"], row["nom"]))
    return found


@lru_cache(maxsize=64)
def _of(count: int) -> Statement:
    """The étiquettes of that many dossiers: most lists are of as many lines."""
    among = [bindparam(f"dossier{rank}") for rank in range(count)]
    return Statement(
        select(_B.c.dossier_id, _E.c.id, _E.c.nom)
        .join(_E, _E.c.id == _B.c.etiquette_id)
        .where(_B.c.organisme_id == bindparam("organisme"), _B.c.dossier_id.in_(among))
        .order_by(_E.c.nom_cle)
    )
