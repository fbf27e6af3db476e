"""Several sources as one, each of its rows as it is there."""

from __future__ import annotations

from grants.rapport.activite.model import Source


def joined(key: str, label: str, *sources: Source) -> Source:
    """The rows of the first, then of the next; their columns, each once."""
    columns = {each.key: each for source in sources for each in source.columns}
    return Source(
        key,
        label,
        tuple(columns.values()),
        lambda sight: (row for source in sources for row in sight.rows(source)),
    )
