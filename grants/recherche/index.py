"""The index as searches read it. Its tables and triggers are written by a migration.

Every word of it carries its organisme and its kind, so that reading one organisme's words reads
no other's (see `api/migrations/recherche_1.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, Connection, Select, cast, column, literal, select, table
from sqlalchemy import union_all as all_of

from grants.recherche.words import Groups

Kind = Literal["structure", "personne", "dossier", "note", "fichier"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: The letter of each kind in the words of the index; its place tells the kind of an id.
LETTERS: Mapping[Kind, str] = dict(zip(KINDS, "sptnz", strict=True))
_CODES = 8
# PostgreSQL reads every row that matches before it can sort them; beyond, it sorts these.
_MOST_SORTED = 500
_WHOLE, _BEGINNING = 0, 1

_R = table("recherche", column("rowid", BigInteger), column("recherche"))
_V = table("recherche", column("id", BigInteger), column("vecteur"))


def prefix_of(organisme_id: int, kind: Kind) -> str:
    """What the words of one kind of an organisme begin with."""
    return f"{organisme_id:06x}{LETTERS[kind]}"


def find(
    connection: Connection, organisme_id: int, either: tuple[Groups, ...], most: int
) -> dict[Kind, list[int]]:
    """The ids of what meets any of these groups of words, by kind: one statement.

    Whole words come before beginnings of words, then the latest first.
    """
    make = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
    branches = [
        select(make(prefix_of(organisme_id, kind), either, rank, most).subquery())
        for kind in KINDS
        for rank in (_WHOLE, _BEGINNING)
    ]
    found: dict[Kind, list[int]] = {kind: [] for kind in KINDS}
    rows = sorted((rank, -key) for rank, key in connection.execute(all_of(*branches)))
    for _rank, turned in rows:
        key = -turned
        ids = found[KINDS[key % _CODES]]
        if key // _CODES not in ids and len(ids) < most:
            ids.append(key // _CODES)
    return found


def _on_sqlite(prefix: str, either: tuple[Groups, ...], rank: int, most: int) -> Select[int, Any]:
    sign = "*" if rank == _BEGINNING else ""
    meant = _formula(either, " AND ", " OR ", lambda word: f'"{prefix}{word}"{sign}')
    return (
        select(literal(rank).label("rang"), _R.c.rowid.label("cle"))
        .where(_R.c.recherche.op("MATCH")(literal(meant)))
        .order_by(_R.c.rowid.desc())
        .limit(most)
    )


def _on_postgresql(
    prefix: str, either: tuple[Groups, ...], rank: int, most: int
) -> Select[int, Any]:
    from sqlalchemy.dialects.postgresql import TSQUERY  # a twentieth of a start, for SQLite nothing

    sign = ":*" if rank == _BEGINNING else ""
    meant = _formula(either, " & ", " | ", lambda word: f"'{prefix}{word}'{sign}")
    some = (
        select(_V.c.id)
        .where(_V.c.vecteur.op("@@")(cast(literal(meant), TSQUERY)))
        .limit(_MOST_SORTED)
        .subquery()
    )
    return (
        select(literal(rank).label("rang"), some.c.id.label("cle"))
        .order_by(some.c.id.desc())
        .limit(most)
    )


def _formula(either: tuple[Groups, ...], both: str, one: str, written: Any) -> str:
    def together(groups: Groups) -> Iterator[str]:
        for spellings in groups:
            yield f"({one.join(written(word) for word in spellings)})"

    return one.join(f"({both.join(together(groups))})" for groups in either)
