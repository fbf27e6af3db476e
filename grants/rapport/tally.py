"""The counts of one pipeline over one period: exact, whenever it is that the clock counted last.

The counts go by whole months. What was counted of the dossiers that changed since is taken away,
and of those that moved on the days by which the period differs from whole months; what they now
are, within the period, is added. The others count the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, or_, select, union

from grants.rapport.counts import COUNTS, MARKED, counted_paths, hold_steady, present_paths
from grants.rapport.paths import Key, Path, Sums, counts_of, ended_before
from grants.rapport.periods import FIRST_MONTH, Months, Period, months_of
from grants.rapport.queries import dossiers_moved, first_entries

ENTERED, SPENT, LEFT, MOVED, PLACED = "entree", "sejour", "sorti", "avance", "lieu:"
#: Of a dossier that did it in several months of a period, only the first one counts.
_ONCE = (LEFT, MOVED)
_SUMS = tuple(COUNTS.c[name] for name in ("nombre", "demande", "accorde", "accordes"))


class Counted(NamedTuple):
    """What is counted over a period; `ended` are the final stages entered before in it."""

    nature: str
    etape: str
    detail: str
    ended: frozenset[str]


@dataclass(slots=True)
class _Known:
    """Some dossiers: what was counted of them, what they are now."""

    counted: Mapping[int, Path] = field(default_factory=dict)
    present: Mapping[int, Path] = field(default_factory=dict)


class Tally:
    """The counts of one organisme, for as long as a transaction that reads."""

    def __init__(self, connection: Connection, organisme_id: int) -> None:
        self.connection = connection
        self.organisme_id = organisme_id
        self._known: dict[tuple[str, tuple[Period, ...]], _Known] = {}
        hold_steady(connection)

    def over(self, pipeline: str, period: Period, *natures: str) -> dict[Counted, Sums]:
        """What is counted in a period; nothing is zero in it."""
        months = months_of(period)
        found: dict[Counted, list[int]] = {}
        for key, sums in self._kept(pipeline, months, natures):
            _add(found, key, sums, months.first)
        known = self._changed(pipeline, months.odd)
        for path in known.counted.values():
            for key, sums in counts_of(path):
                asked = key.pipeline == pipeline and key.nature in natures
                if asked and months.first <= key.mois <= months.last:
                    _add(found, key, sums, months.first, -1)
        for path in known.present.values():
            for key, sums in counts_of(path.within(period)):
                if key.pipeline == pipeline and key.nature in natures:
                    _add(found, key, sums, FIRST_MONTH)
        return {what: _sums(each) for what, each in found.items() if any(each)}

    def _kept(
        self, pipeline: str, months: Months, natures: Iterable[str]
    ) -> Iterator[tuple[Key, Sums]]:
        """The counts of whole months, added up."""
        c = COUNTS.c
        before = case((c.nature.in_(_ONCE), ""), else_=c.precedent)
        named = (c.nature, c.etape, c.detail, before)
        query = (
            select(*named, *(func.sum(each) for each in _SUMS))
            .where(c.organisme_id == self.organisme_id, c.pipeline == pipeline)
            .where(c.nature.in_(natures), c.mois.between(months.first, months.last))
            .where(or_(c.nature.not_in(_ONCE), c.precedent < months.first))
            .group_by(*named)
        )
        for nature, etape, detail, precedent, *sums in self.connection.execute(query):
            key = Key(pipeline, nature, months.first, etape, detail, precedent)
            yield key, _sums(sums)

    def _changed(self, pipeline: str, odd: tuple[Period, ...]) -> _Known:
        """The dossiers that the counts are not enough for: often none."""
        known = self._known.get((pipeline if odd else "", odd))
        if known is None:
            known = self._read_changed(pipeline, odd)
            self._known[pipeline if odd else "", odd] = known
        return known

    def _read_changed(self, pipeline: str, odd: tuple[Period, ...]) -> _Known:
        marked = select(MARKED.c.dossier_id).where(MARKED.c.organisme_id == self.organisme_id)
        # Chosen once: another may be marked before the next statement.
        ids = frozenset(self.connection.execute(marked).scalars())
        if not ids and not odd:
            return _Known()
        parts: list[Select[Any]] = [marked] if ids else []
        for period in odd:
            parts.append(dossiers_moved(self.organisme_id, pipeline, period))
            entered = first_entries(self.organisme_id, pipeline, period).subquery()
            parts.append(select(entered.c.subject_id))
        (wanted,) = union(*parts).subquery().columns
        counted = counted_paths(self.connection, select(wanted))
        present = {id: path for id, path in counted.items() if id not in ids}
        if ids:
            found = present_paths(self.connection, self.organisme_id, marked)
            present |= {id: path for id, path in found.items() if id in ids}
        return _Known(counted, present)


def _add(found: dict[Counted, list[int]], key: Key, sums: Sums, first: str, sign: int = 1) -> None:
    """Add a count, unless its dossier was counted already, in a month from the first one on."""
    if key.nature in _ONCE and key.precedent >= first:
        return
    ended = ended_before(key.precedent, first) if key.nature == ENTERED else frozenset()
    total = found.setdefault(Counted(key.nature, key.etape, key.detail, ended), [0, 0, 0, 0])
    for place, each in enumerate(sums):
        total[place] += sign * each


def _sums(sums: Iterable[Any]) -> Sums:
    number, asked, granted, how_many = map(int, sums)
    return number, asked, granted, how_many
