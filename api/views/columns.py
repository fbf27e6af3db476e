"""The page where somebody chooses the columns of the list."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """One column; the first cannot go up, nor the last go down."""

    key: str
    label: str
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPage:
    """The columns shown, in their order, then those that are not."""

    url: str
    requete: str
    shown: tuple[ColumnChoice, ...]
    others: tuple[ColumnChoice, ...]
    back: Link
