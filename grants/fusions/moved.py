"""What hangs on a structure and moves with a merge: dossiers, contacts, pièces, plans…

A new table that points to a structure must be given its place here; a test reads the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select, update

from grants.adherents.tables import Adherent
from grants.comites.tables import Membre
from grants.dossiers.pieces.states import A_CORRIGER, ATTENDUE, RECUE, VALIDEE
from grants.dossiers.pieces.tables import Piece
from grants.dossiers.tables import Dossier
from grants.finances.tables import Financement
from grants.interventions.tables import Intervention
from grants.structures.tables import Contact
from workflow.database import table_of

D, C, P, F = table_of(Dossier), table_of(Contact), table_of(Piece), table_of(Financement)
M, T, A = table_of(Membre), table_of(Intervention), table_of(Adherent)
#: Every table whose rows hang on a structure and are moved here.
MOVED: tuple[Table, ...] = (D, C, P, F, M, T, A)
_RANK = {ATTENDUE: 0, A_CORRIGER: 1, RECUE: 2, VALIDEE: 3}
# Stands for the key of a pièce while two of them change places.
_BETWEEN = "~"


@dataclass(frozen=True, slots=True)
class Content:
    """What a merge did, as `fusion.contenu` keeps it.

    `dossiers`: each one moved, with its journal's last seq then. `pieces`: each one that changed
    structures, with its version then. `champs`: what changed on the kept fiche, before and after.
    `rendus`: the numbers that the absorbed one gave up. `membres`: those of a comité who sat in
    its name.
    """

    dossiers: Mapping[str, int]
    contacts: Sequence[int]
    pieces: Mapping[str, int]
    financements: Sequence[int]
    champs: Mapping[str, Sequence[Any]]
    rendus: Mapping[str, Any]
    membres: Sequence[int] = ()
    interventions: Sequence[int] = ()
    adherents: Sequence[int] = ()

    def plain(self) -> dict[str, Any]:
        """The same, as JSON keeps it."""
        return asdict(self)


def dossiers_of(connection: Connection, organisme_id: int, structures: Sequence[int]) -> list[int]:
    """The dossiers of these structures, oldest first: the order in which they are locked."""
    query = select(D.c.id).where(
        D.c.organisme_id == organisme_id, D.c.structure_id.in_(list(structures))
    )
    return list(connection.execute(query.order_by(D.c.id)).scalars())


def moving_contacts(connection: Connection, kept_id: int, absorbed_id: int) -> list[int]:
    """The contacts that the kept structure does not have yet; the others stay where they are."""
    there = select(C.c.personne_id).where(C.c.structure_id == kept_id)
    query = select(C.c.id).where(C.c.structure_id == absorbed_id, C.c.personne_id.not_in(there))
    return list(connection.execute(query.order_by(C.c.id)).scalars())


def move_contacts(connection: Connection, ids: Sequence[int], to: int) -> None:
    """Give contacts to a structure."""
    if ids:
        connection.execute(update(C).where(C.c.id.in_(list(ids))).values(structure_id=to))


def move_memberships(connection: Connection, from_id: int, to: int) -> list[int]:
    """Give memberships to a structure, but for those over days when it is a member already."""
    rows = connection.execute(select(*A.c).where(A.c.structure_id.in_([from_id, to]))).all()
    own = [(row.debut, row.fin or date.max) for row in rows if row.structure_id == to]
    ids = [
        row.id
        for row in rows
        if row.structure_id == from_id
        and not any(row.debut <= end and start <= (row.fin or date.max) for start, end in own)
    ]
    if ids:
        connection.execute(update(A).where(A.c.id.in_(ids)).values(structure_id=to))
    return ids


def retie(connection: Connection, table: Table, from_id: int, to: int) -> list[int]:
    """Tie to a structure the rows that named another one (plans, members, time); their ids."""
    there = table.c.structure_id == from_id
    ids = list(connection.execute(select(table.c.id).where(there)).scalars())
    connection.execute(update(table).where(there).values(structure_id=to))
    return ids


def moving_pieces(
    connection: Connection, kept_id: int, absorbed_id: int
) -> list[Mapping[str, Any]]:
    """The pièces that change structures: the best of each kind goes to the one that is kept."""
    query = select(*P.c).where(P.c.structure_id.in_([kept_id, absorbed_id])).order_by(P.c.id)
    by_key: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        by_key.setdefault(row["cle"], {})[row["structure_id"]] = row
    moving: list[Mapping[str, Any]] = []
    for found in by_key.values():
        here, coming = found.get(kept_id), found.get(absorbed_id)
        if coming is None:
            continue
        if here is None:
            moving.append(coming)
        elif _RANK[coming["etat"]] > _RANK[here["etat"]]:
            moving += [here, coming]
    return moving


def move_pieces(
    connection: Connection, rows: Sequence[Mapping[str, Any]], one: int, two: int
) -> None:
    """Send each pièce to the other of two structures, even where both have the same one."""
    for row in rows:
        connection.execute(
            update(P).where(P.c.id == row["id"]).values(cle=f"{_BETWEEN}{row['id']}")
        )
    for row in rows:
        other = two if row["structure_id"] == one else one
        values = {"structure_id": other, "cle": row["cle"], "version": row["version"] + 1}
        connection.execute(update(P).where(P.c.id == row["id"]).values(values))


def pieces_by_id(connection: Connection, ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """These pièces as they stand."""
    query = select(*P.c).where(P.c.id.in_(list(ids))).order_by(P.c.id)
    return list(connection.execute(query).mappings())


def give_back(
    connection: Connection, table: Table, ids: Sequence[int], from_id: int, to: int
) -> None:
    """Tie again to a structure the rows that a merge had taken from it."""
    if ids:
        mine = (table.c.id.in_(list(ids)), table.c.structure_id == from_id)
        connection.execute(update(table).where(*mine).values(structure_id=to))


def pieces_of_structure(connection: Connection, structure_id: int) -> list[Mapping[str, Any]]:
    """The pièces kept with a structure."""
    query = select(*P.c).where(P.c.structure_id == structure_id).order_by(P.c.cle)
    return list(connection.execute(query).mappings())
