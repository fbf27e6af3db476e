"""Many at once: a column among a list of any length, many rows written by one statement.

The text of either is the same whatever the number, so that it is compiled and prepared once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NullType, TypeDecorator

_MARK = re.compile("%s")


class _List(TypeDecorator[Any]):
    """A list as one bound value: an array, or JSON on SQLite, which has none."""

    impl = Text
    cache_ok = False

    def __init__(self, item: Any) -> None:
        super().__init__()
        self._item = item

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """An array where there are any."""
        kept = Text() if dialect.name == "sqlite" else ARRAY(self._item)
        return dialect.type_descriptor(kept)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The list as the driver takes it."""
        return json.dumps(list(value)) if dialect.name == "sqlite" else list(value)


class Among(ColumnElement[bool]):
    """`column` is one of the values of a list, given under a name: `Among(_D.c.id, "ids")`."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Column[Any], name: str) -> None:
        self.column = column
        self.values = bindparam(name, type_=_List(column.type))

    def self_group(self, against: Any = None) -> Among:  # noqa: ARG002
        """As it is: SQLite would be asked whether it « = 1 », and would use no index."""
        return self


@compiles(Among)
def _as_array(among: Among, compiler: Any, **options: Any) -> str:
    values = compiler.process(among.values, **options)
    return f"{compiler.process(among.column, **options)} = ANY ({values})"


@compiles(Among, "sqlite")
def _as_json(among: Among, compiler: Any, **options: Any) -> str:
    values = compiler.process(among.values, **options)
    column = compiler.process(among.column, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled


class SetBased:
    """An INSERT … VALUES or an UPDATE of one row, as one that takes many from arrays.

    What is the same for all the rows is sent once. Only PostgreSQL needs it: SQLite answers in
    the process, row after row, for less than it would take to unpack them.
    """

    def __init__(self, sql: str, types: Sequence[Any], dialect: Dialect) -> None:
        self._before, self._after = _split(sql)
        self._types = [each.compile(dialect=dialect) for each in types]
        self._texts: dict[tuple[bool, ...], str] = {}

    @staticmethod
    def is_possible(types: Sequence[Any]) -> bool:
        """Whether every value has a known type."""
        return not any(isinstance(each, NullType) for each in types)

    def given(self, rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
        """The statement for these rows, and its values."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        shared = tuple(column.count(column[0]) == len(column) for column in columns)
        if all(shared):  # twice the very same row: the database will say what it thinks of it
            shared = (False, *shared[1:])
        sql = self._texts.get(shared)
        if sql is None:
            sql = self._texts[shared] = self._text(shared)
        known = list(zip(columns, shared, strict=True))
        once = [column[0] for column, same in known if same]
        return sql, [*[column for column, same in known if not same], *once]

    def _text(self, shared: tuple[bool, ...]) -> str:
        arrays, singles = [], []
        for rank, (same, kind) in enumerate(zip(shared, self._types, strict=True)):
            if same:
                singles.append(f"(SELECT %s::{kind} AS g{rank}) AS s{rank}")
            else:
                arrays.append((f"%b::{kind}[]", f"g{rank}"))
        unpacked = ", ".join(value for value, _ in arrays)
        names = ", ".join(name for _, name in arrays)
        given = ", ".join([f"unnest({unpacked}) AS given ({names})", *singles])
        ranks = iter(range(len(shared)))
        body = _MARK.sub(lambda _: f"g{next(ranks)}", f"{self._before}\0{self._after}")
        before, after = body.split("\0")
        if body.startswith("INSERT"):
            return f"{before} SELECT {after} FROM {given}"  # noqa: S608 - compiled
        return f"{before} FROM {given} WHERE {after}"


def _split(sql: str) -> tuple[str, str]:
    """What stands before and after the place of the rows."""
    text = " ".join(sql.split())
    if text.startswith("INSERT"):
        before, _, values = text.partition(" VALUES (")
        return before, values.removesuffix(")")
    before, _, conditions = text.partition(" WHERE ")
    return before, conditions
