"""What hangs on one dossier, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from grants.dossiers.filters import P
from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier, LienDossier, Note, RendezVous
from grants.organisation.tables import Compte
from grants.structures.tables import Structure
from notifications.courrier_table import Courrier
from workflow.database import table_of
from workflow.echeance_table import Echeance

_D, _N, _L = table_of(Dossier), table_of(Note), table_of(LienDossier)
_R, _E, _M = table_of(RendezVous), table_of(Echeance), table_of(Courrier)
_S, _C = table_of(Structure), table_of(Compte)


@dataclass(frozen=True, slots=True)
class LinkedLine:
    """Another dossier tied to the one shown; a `suite` was opened from it, or it from this."""

    id: int
    reference: str
    titre: str
    pipeline: str
    pipeline_version: int
    stage: str
    nature: str
    opened_from_this: bool


def notes_of(connection: Connection, dossier_id: int) -> list[Mapping[str, Any]]:
    """The notes of a dossier, newest first: `auteur`, `le`, `texte`."""
    query = select(_N.c.auteur, _N.c.le, _N.c.texte).where(_N.c.dossier_id == dossier_id)
    return [dict(row) for row in connection.execute(query.order_by(_N.c.id.desc())).mappings()]


def appointments_of(connection: Connection, dossier_id: int) -> list[Mapping[str, Any]]:
    """The appointments of a dossier, latest fixed first: `le`, `lieu`."""
    query = select(_R.c.le, _R.c.lieu).where(_R.c.dossier_id == dossier_id)
    return [dict(row) for row in connection.execute(query.order_by(_R.c.id.desc())).mappings()]


def open_echeances_of(connection: Connection, dossier_id: int) -> list[Mapping[str, Any]]:
    """What is still to come on a dossier, soonest first."""
    query = (
        select(*_E.c)
        .where(_E.c.subject_kind == KIND, _E.c.subject_id == dossier_id)
        .where(or_(_E.c.state == "prevue", _E.c.state == "suspendue"))
        .order_by(_E.c.due_at, _E.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def letters_by_seq(connection: Connection, dossier_id: int) -> dict[int, list[tuple[str, str]]]:
    """(title, state) of the letters of each move, by the move's seq."""
    query = select(_M.c.subject_seq, _M.c.title, _M.c.state).where(
        _M.c.subject_kind == KIND, _M.c.subject_id == dossier_id
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for seq, title, state in connection.execute(query.order_by(_M.c.id)):
        found.setdefault(seq, []).append((title, state))
    return found


def linked_to(connection: Connection, dossier_id: int) -> list[LinkedLine]:
    """The dossiers tied to one, either way."""
    found: list[LinkedLine] = []
    for mine, other in ((_L.c.origine_id, _L.c.suite_id), (_L.c.suite_id, _L.c.origine_id)):
        query = (
            select(
                _D.c.id,
                _D.c.reference,
                _D.c.titre,
                _D.c.pipeline,
                _D.c.pipeline_version,
                _D.c.stage,
                _L.c.nature,
            )
            .join(_D, _D.c.id == other)
            .where(mine == dossier_id)
            .order_by(_D.c.id)
        )
        opened_from_this = mine is _L.c.origine_id
        found += [LinkedLine(*row, opened_from_this) for row in connection.execute(query)]
    return found


@dataclass(frozen=True, slots=True)
class Around:
    """Who carries a dossier and who is in charge of it."""

    porteur: Mapping[str, Any] | None
    structure: Mapping[str, Any] | None
    referent: str | None


def around(connection: Connection, row: Mapping[str, Any]) -> Around:
    """The porteur, the structure and the referent of a dossier's row."""
    return Around(
        porteur=_one(connection, P, row["porteur_id"]),
        structure=_one(connection, _S, row["structure_id"]),
        referent=name_of(connection, row["referent_id"]),
    )


def dossier_by_reference(connection: Connection, organisme_id: int, reference: str) -> int | None:
    """The dossier of an organisme that has this reference, written as it is."""
    query = select(_D.c.id).where(_D.c.organisme_id == organisme_id, _D.c.reference == reference)
    return connection.execute(query).scalar_one_or_none()


def _one(connection: Connection, table: Any, id: int | None) -> Mapping[str, Any] | None:
    if id is None:
        return None
    row = connection.execute(select(*table.c).where(table.c.id == id)).mappings().first()
    return None if row is None else dict(row)


def name_of(connection: Connection, compte_id: int | None) -> str | None:
    """The name of a colleague, of a former one too."""
    if compte_id is None:
        return None
    return connection.execute(select(_C.c.nom).where(_C.c.id == compte_id)).scalar_one_or_none()
