"""Indexes of the rows that a condition keeps, or with more columns: declared for both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.util import memoized_property


class _ToldLater(Index):
    """An index with options that name a dialect, told when somebody draws or compares indexes.

    SQLAlchemy loads a whole dialect for such an option: on SQLite, PostgreSQL's took longer than
    ten tables.
    """

    inherit_cache = True
    _options: dict[str, Any]

    @memoized_property
    def dialect_options(self) -> Any:
        """The options by dialect, its own among them."""
        self.__dict__["dialect_options"] = told = super().dialect_options
        self._validate_dialect_kwargs(self._options)
        return told


class PartialIndex(_ToldLater):
    """An index of the rows that `where` keeps."""

    inherit_cache = True

    def __init__(self, name: str, *columns: str, where: str, unique: bool = False) -> None:
        super().__init__(name, *columns, unique=unique)
        kept = text(where)
        self._options = {"sqlite_where": kept, "postgresql_where": kept}


class CoveringIndex(_ToldLater):
    """An index that holds more columns on PostgreSQL, where it is then read without its rows."""

    inherit_cache = True

    def __init__(self, name: str, *columns: str, holding: tuple[str, ...]) -> None:
        super().__init__(name, *columns)
        self._options = {"postgresql_include": list(holding)}
