"""A database with rows in every table, whatever its revision: made from its own catalogue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, func, insert, select

from api.schema import is_derived

ROWS = 2

# What a CHECK constraint asks for; `n` is the row's number, from 1.
_ADMITTED = {
    ("adherent", "personne_id"): lambda _n: None,
    ("adherent", "fin"): lambda _n: None,
    ("adhesion", "role"): lambda _n: "direction",
    ("annonce", "state"): lambda _n: "envoyee",
    ("jeton", "portee"): lambda _n: "lecture",
    ("adresse_suspendue", "reason"): lambda _n: "rebond",
    ("bulletin", "choix"): lambda _n: "favorable",
    ("comite", "nature"): lambda _n: "decision",
    ("decision", "proposee"): lambda _n: "retenu",
    ("decision", "retenue"): lambda _n: "retenu",
    ("membre", "suppleant_de_id"): lambda _n: None,
    ("membre", "voix"): lambda _n: "deliberative",
    ("passage", "etat"): lambda _n: "clos",
    ("presence_seance", "arrivee"): lambda _n: None,
    ("presence_seance", "etat"): lambda _n: "represente",
    ("courrier", "state"): lambda _n: "a_valider",
    ("courrier", "release"): lambda _n: "a_valider",
    ("courrier", "channel"): lambda _n: "papier",
    ("echeance", "kind"): lambda _n: "relance",
    ("echeance", "state"): lambda _n: "prevue",
    ("financement", "nature"): lambda _n: "cofinanceur",
    ("financement", "etat"): lambda _n: "obtenu",
    ("intervention", "minutes"): lambda _n: 90,
    ("enveloppe", "annee"): lambda _n: 2009,
    ("fusion", "absorbee_id"): lambda n: ROWS + 1 - n,
    ("lien_agenda", "portee"): lambda _n: "moi",
    ("lien_dossier", "nature"): lambda _n: "suite",
    ("piece", "structure_id"): lambda _n: None,
    ("piece", "etat"): lambda _n: "a_corriger",
    ("piece", "motif"): lambda _n: "illisible",
    ("personne", "civilite"): lambda _n: "madame",
    ("reprise", "etat"): lambda _n: "recue",
    ("reprise", "sujet"): lambda _n: "structures",
    ("lot", "nature"): lambda _n: "confier",
    ("lot", "etat"): lambda _n: "termine",
    ("lot_dossier", "etat"): lambda _n: "fait",
    ("lien_dossier", "suite_id"): lambda n: ROWS + 1 - n,
}


def fill(connection: Connection) -> None:
    """Write rows in every table, parents first; row `n` refers to the rows `n` of the others."""
    for table in _tables(connection):
        rows = [_row(table, n) for n in range(1, ROWS + 1)]
        connection.execute(insert(table), rows)


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _tables(connection)
    }


def _tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(
        connection, only=lambda name, _: name != "alembic_version" and not is_derived(name)
    )
    return list(metadata.sorted_tables)


def _row(table: Table, n: int) -> dict[str, Any]:
    return {column.name: _value(table.name, column, n) for column in table.columns}


def _value(table: str, column: Column[Any], n: int) -> Any:
    if admitted := _ADMITTED.get((table, column.name)):
        return admitted(n)
    kind = column.type.python_type
    if kind is str:
        return f"é{n}"
    return {
        int: n,
        bool: n % 2 == 0,
        datetime: datetime(2009, 3, 29, 1, 30, n, 1, tzinfo=UTC),
        date: date(2009, 3, n),
        bytes: bytes([0, n, 255]),
    }[kind]
