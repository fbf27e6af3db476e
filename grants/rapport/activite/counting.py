"""Ways to count rows: how many, how many different, what they add up to, their mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from grants.rapport.activite.model import Compute, Part, Row, Source, Value
from grants.rapport.activite.sight import Sight
from grants.rapport.activite.units import rounded

_HUNDRED_PER_CENT = 10_000


def number(*sources: Source) -> Compute:
    """How many rows there are."""
    return lambda sight: sum(len(sight.rows(source)) for source in sources)


def different(column: str, *sources: Source) -> Compute:
    """How many different things a column names, what is empty left out."""
    return lambda sight: len(_named(sight, column, sources))


def common(column: str, first: Source, second: Source) -> Compute:
    """How many things two sources name both."""

    def compute(sight: Sight) -> int:
        return len(_named(sight, column, (first,)) & _named(sight, column, (second,)))

    return compute


def total(column: str, *sources: Source) -> Compute:
    """What a column adds up to; not known where nothing says it."""

    def compute(sight: Sight) -> int | None:
        known = list(_known(rows_of(sight, sources), column))
        return sum(known) if known else None

    return compute


def mean(column: str, *sources: Source, out_of: int | None = None, factor: int = 1) -> Compute:
    """The mean of a column, over the rows that say it; `factor`: its unit is that much finer."""

    def compute(sight: Sight) -> Value:
        known = list(_known(rows_of(sight, sources), column))
        if not known:
            return Value(None)
        told = f"moyenne sur {len(known)}"
        return Value(rounded(sum(known) * factor, len(known)), out_of, told)

    return compute


def least(column: str, *sources: Source) -> Compute:
    """The least value of a column."""
    return lambda sight: min(_known(rows_of(sight, sources), column), default=None)


def share(part: int, whole: int, words: str = "") -> Value:
    """« 71 % », with what it is the share of; not known of nothing."""
    if not whole:
        return Value(None)
    return Value(rounded(part * _HUNDRED_PER_CENT, whole), note=words or f"{part} sur {whole}")


def largest_share(column: str, *sources: Source) -> Compute:
    """The share of whoever a column names most often."""

    def compute(sight: Sight) -> Value:
        counts = Counter(_values(rows_of(sight, sources), column))
        if not counts:
            return Value(None)
        name, most = counts.most_common(1)[0]
        many = sum(counts.values())
        return share(most, many, f"{most} sur {many}, {name}")

    return compute


def spread(column: str, *sources: Source, other: str = "Non renseigné") -> Compute:
    """How many rows of each kind, the most frequent first; in all, how many kinds."""

    def compute(sight: Sight) -> Value:
        counts = Counter(row.values.get(column) or other for row in rows_of(sight, sources))
        parts = sorted(counts.items(), key=lambda each: (each[0] == other, -each[1], each[0]))
        kinds = sum(1 for label, _ in parts if label != other)
        return Value(kinds, parts=tuple(Part(label, count) for label, count in parts))

    return compute


def rows_of(sight: Sight, sources: Iterable[Source]) -> list[Row]:
    """The rows of several sources, one after the other."""
    return [row for source in sources for row in sight.rows(source)]


def _named(sight: Sight, column: str, sources: Iterable[Source]) -> set[object]:
    return set(_values(rows_of(sight, sources), column))


def _values(rows: Iterable[Row], column: str) -> Iterable[object]:
    return (value for row in rows if (value := row.values.get(column)) not in (None, ""))


def _known(rows: Iterable[Row], column: str) -> Iterable[int]:
    return (value for row in rows if isinstance(value := row.values.get(column), int))
