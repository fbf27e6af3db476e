"""The lines of the plans de financement, and the funders that an organisme knows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, select

from grants.finances.plan import ASKED, COST, Line, Plan
from grants.finances.tables import Financement
from grants.organisation.people import sorting_key
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.statements import Statement
from workflow.subject import Subject

_F, _S = table_of(Financement), table_of(Structure)
MOST_FUNDERS = 200

_LINES = Statement(
    select(_F.c.nature, _F.c.financeur, _F.c.montant, _F.c.etat, _F.c.structure_id)
    .where(_F.c.organisme_id == bindparam("organisme"), _F.c.dossier_id == bindparam("dossier"))
    .order_by(_F.c.rang)
)


def lines_of(connection: Connection, organisme_id: int, dossier_id: int) -> tuple[Line, ...]:
    """The lines of a dossier's plan, in their order."""
    rows = _LINES.rows(connection, {"organisme": organisme_id, "dossier": dossier_id})
    return tuple(Line(**row) for row in rows)


def plan_of(connection: Connection, subject: Subject) -> Plan:
    """The plan of a dossier as it is kept."""
    lines = lines_of(connection, subject.tenant_id, subject.id)
    return Plan(subject.values.get(COST), subject.values.get(ASKED), lines)


def known_funders(connection: Connection, organisme_id: int) -> list[str]:
    """The funders that the organisme's plans name, the most frequent first."""
    query = (
        select(_F.c.financeur)
        .where(_F.c.organisme_id == organisme_id, _F.c.nature == "cofinanceur")
        .group_by(_F.c.financeur)
        .order_by(func.count().desc(), _F.c.financeur)
        .limit(MOST_FUNDERS)
    )
    return list(connection.execute(query).scalars())


def structures_named(
    connection: Connection, organisme_id: int, names: Iterable[str]
) -> dict[str, int]:
    """The structure that bears each of these names; none where several do."""
    keys = {sorting_key(name): name for name in names}
    query = (
        select(_S.c.nom_cle, func.min(_S.c.id).label("id"))
        .where(_S.c.organisme_id == organisme_id, _S.c.absorbee_par_id.is_(None))
        .where(_S.c.nom_cle.in_(list(keys)))
        .group_by(_S.c.nom_cle)
        .having(func.count() == 1)
    )
    found = connection.execute(query) if keys else ()
    by_key = {row.nom_cle: row.id for row in found}
    return {name: by_key[key] for key, name in keys.items() if key in by_key}
