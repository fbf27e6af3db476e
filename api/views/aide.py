"""The help page: the words of the trade, and how the everyday things are done."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.listing import EmptyState, FilterBar


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the trade and its meaning; `see` leads to others."""

    key: str
    name: str
    meaning: str
    see: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that people do, step by step, and the page where it begins."""

    key: str
    title: str
    steps: tuple[str, ...]
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AidePage:
    """What the search keeps of the help."""

    filters: FilterBar
    tasks: tuple[Task, ...]
    words: tuple[Word, ...]
    empty: EmptyState | None = None
