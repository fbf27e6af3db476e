"""The tables of what « Pilotage » counts, and the paths of some dossiers: as counted, as they are.

See `api/migrations/pilotage_1.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    String,
    Text,
    column,
    or_,
    select,
    text,
)
from sqlalchemy import table as table_named

from grants.dossiers.filters import D
from grants.rapport.paths import Path, Place, path_of, read_path
from workflow.database import table_of
from workflow.journal_tables import JournalEntry

DOSSIER = "dossier"
COUNTS = table_named(
    "compteur_pilotage",
    column("organisme_id", BigInteger),
    column("pipeline", String),
    column("nature", String),
    column("mois", String),
    column("etape", String),
    column("detail", Text),
    column("precedent", Text),
    column("nombre", BigInteger),
    column("demande", BigInteger),
    column("accorde", BigInteger),
    column("accordes", BigInteger),
)
PATHS = table_named("compteur_parcours", column("dossier_id", BigInteger), column("contenu", Text))
MARKED = table_named(
    "compteur_touche", column("organisme_id", BigInteger), column("dossier_id", BigInteger)
)
_J = table_of(JournalEntry)
# What folds the counts holds it alone; who reads them shares it, so that none changes meanwhile.
_STEADY = 1_898_072_011
Finals = Mapping[str, frozenset[str]]


def hold_steady(connection: Connection) -> None:
    """No count is changed until the end of the transaction. SQLite reads as of its beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _STEADY})


def hold_alone(connection: Connection, *, waiting: bool = False) -> bool:
    """Whether nobody reads or folds the counts, nor will until the end of the transaction."""
    if connection.dialect.name != "postgresql":
        return True
    if waiting:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _STEADY})
        return True
    return connection.execute(
        text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _STEADY}
    ).scalar_one()


def counted_paths(connection: Connection, ids: Select[Any] | Iterable[int]) -> dict[int, Path]:
    """What was counted of some dossiers."""
    query = select(PATHS.c.dossier_id, PATHS.c.contenu).where(PATHS.c.dossier_id.in_(ids))
    return {id: read_path(kept) for id, kept in connection.execute(query)}


def present_paths(
    connection: Connection,
    organisme_id: int,
    ids: Select[Any] | Iterable[int],
    finals: Finals | None = None,
) -> dict[int, Path]:
    """What some dossiers of an organisme are now, where their journal tells of a stage.

    What was removed is in no list, and counts for nothing.
    """
    places = _places(connection, organisme_id, ids)
    query = (
        select(
            *(_J.c.subject_id, _J.c.seq, _J.c.at, _J.c.pipeline),
            *(_J.c.from_stage, _J.c.to_stage, _J.c.first_entry, _J.c.corrects),
        )
        .where(_J.c.subject_kind == DOSSIER, _J.c.subject_id.in_(ids))
        .where(_J.c.tenant_id == organisme_id)
        .where(or_(_J.c.to_stage.is_not(None), _J.c.corrects.is_not(None)))
        .order_by(_J.c.subject_id, _J.c.seq)
    )
    rows = connection.execute(query).mappings()
    return {
        id: path_of(list(lines), places[id], finals)
        for id, lines in groupby(rows, itemgetter("subject_id"))
        if id in places
    }


def _places(
    connection: Connection, organisme_id: int, ids: Select[Any] | Iterable[int]
) -> dict[int, Place]:
    query = select(
        D.c.id,
        *(D.c.departement, D.c.secteur, D.c.montant_demande, D.c.montant_accorde),
        D.c.referent_id,
    ).where(D.c.organisme_id == organisme_id, D.c.id.in_(ids))
    return {id: Place(*values) for id, *values in connection.execute(query)}
