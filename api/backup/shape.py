"""The tables of a database as its own catalogue gives them, so that any revision can be saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, TableClause, column, inspect, table

from api.backup.values import KINDS, kind_of
from api.migrate import VERSION_TABLE
from api.schema import is_derived


@dataclass(frozen=True, slots=True)
class Shape:
    """One table: its columns with their kinds, and what its rows are ordered by."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    def clause(self) -> TableClause:
        """The table for a statement; its types are the same on both databases."""
        return table(self.name, *[column(name, KINDS[kind].type) for name, kind in self.columns])


def shapes(connection: Connection) -> Iterator[Shape]:
    """Every table, each after those that it refers to; not what triggers make of them."""
    inspector = inspect(connection)
    for name, _cycles in inspector.get_sorted_table_and_fkc_names():
        if name is None or name == VERSION_TABLE or is_derived(name):
            continue
        columns = tuple(
            (each["name"], kind_of(each["type"])) for each in inspector.get_columns(name)
        )
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        yield Shape(name, tuple(sorted(columns)), tuple(key))


def order_by(shape: Shape, connection: Connection) -> list[ColumnElement[Any]]:
    """The primary key, in the same order on every database: texts by their code points."""
    clause = shape.clause()
    kinds = dict(shape.columns)
    by_bytes = connection.dialect.name == "postgresql"
    return [
        clause.c[name].collate("C") if by_bytes and kinds[name] == "texte" else clause.c[name]
        for name in shape.key
    ]
