"""Indexes of the rows that a condition keeps, the same on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.util import memoized_property


class PartialIndex(Index):
    """An index of the rows that `where` keeps.

    SQLAlchemy loads a whole dialect for an option that names one: on SQLite, PostgreSQL's took
    longer than ten tables. The condition is told to both when somebody draws or compares indexes.
    """

    inherit_cache = True

    def __init__(self, name: str, *columns: str, where: str, unique: bool = False) -> None:
        super().__init__(name, *columns, unique=unique)
        self._where = where

    @memoized_property
    def dialect_options(self) -> Any:
        """The options by dialect, the condition among them."""
        self.__dict__["dialect_options"] = told = super().dialect_options
        where = text(self._where)
        self._validate_dialect_kwargs({"sqlite_where": where, "postgresql_where": where})
        return told
