"""What one dossier adds to the figures: its entries into stages, its exits, where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from grants.rapport.periods import Period, day_of

#: How many dossiers, the cents that they ask, those granted them, how many were granted any.
Sums = tuple[int, int, int, int]
_ONE: Sums = (1, 0, 0, 0)
_SEPARATOR = ","


class Key(NamedTuple):
    """One count. `nature` says of what, `mois` of when; `precedent` what was already counted.

    `entree`: first entries into a stage; `precedent` are the final stages entered before, each
    with its month. `lieu:STAGE`: the same, by département and sector, with the amounts.
    `sejour`: exits from a stage, by number of days. `sorti` and `avance`: dossiers that left a
    stage, or moved, in a month; `precedent` is the last month before in which they did.
    """

    pipeline: str
    nature: str
    mois: str
    etape: str
    detail: str
    precedent: str


class Place(NamedTuple):
    """What a dossier is counted by: as it is now, whenever it moved."""

    departement: str | None
    secteur: str | None
    demande: int | None
    accorde: int | None
    referent_id: int | None


class Entry(NamedTuple):
    """A first entry into a stage; `day` as ISO writes it."""

    pipeline: str
    day: str
    stage: str
    final: bool


class Exit(NamedTuple):
    """A stage left after so many days; None when nothing tells when it was entered."""

    pipeline: str
    day: str
    stage: str
    days: int | None


class Path(NamedTuple):
    """The entries and exits of a dossier that stand, by day."""

    place: Place
    entries: tuple[Entry, ...]
    exits: tuple[Exit, ...]

    def within(self, period: Period) -> Path:
        """What of it falls in a period."""
        first = period.since.isoformat() if period.since else ""
        last = period.until.isoformat() if period.until else "~"
        return Path(
            self.place,
            tuple(each for each in self.entries if first <= each.day <= last),
            tuple(each for each in self.exits if first <= each.day <= last),
        )

    def written(self) -> str:
        """As it is kept beside the counts."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


def read_path(text: str) -> Path:
    """What `written` wrote."""
    place, entries, exits = json.loads(text)
    return Path(
        Place(*place),
        tuple(Entry(*each) for each in entries),
        tuple(Exit(*each) for each in exits),
    )


def path_of(
    lines: Sequence[Mapping[str, Any]],
    place: Place,
    finals: Mapping[str, frozenset[str]] | None,
) -> Path:
    """The journal's lines of one dossier, in their order → its path.

    `finals` are the final stages of each pipeline; without them, every stage is taken for one.
    """
    corrected = {line["corrects"] for line in lines}
    entries: list[Entry] = []
    exits: list[Exit] = []
    entered: date | None = None
    for line in lines:
        if line["seq"] in corrected or line["pipeline"] is None:
            continue
        key, stage, day = line["pipeline"], line["to_stage"], day_of(line["at"])
        if line["first_entry"]:
            final = finals is None or stage in finals.get(key, ())
            entries.append(Entry(key, day.isoformat(), stage, final))
        left = line["from_stage"]
        if stage is None or left == stage or line["corrects"] is not None:
            continue
        if left is not None:
            days = None if entered is None else (day - entered).days
            exits.append(Exit(key, day.isoformat(), left, days))
        entered = day
    return Path(place, tuple(sorted(entries, key=_day)), tuple(sorted(exits, key=_day)))


def counts_of(path: Path) -> Iterator[tuple[Key, Sums]]:
    """All that a dossier adds to the counts."""
    yield from _entries(path)
    yield from _exits(path.exits)
    yield from _moved(path.exits, path.place)


def _entries(path: Path) -> Iterator[tuple[Key, Sums]]:
    ended: dict[str, list[str]] = {}
    where = json.dumps(path.place[:2], ensure_ascii=False, separators=(",", ":"))
    granted = path.place.accorde
    sums = (1, path.place.demande or 0, granted or 0, int(granted is not None))
    for key, day, stage, final in path.entries:
        month, before = day[:7], ended.setdefault(key, [])
        already = _SEPARATOR.join(before) if final else ""
        yield Key(key, "entree", month, stage, "", already), _ONE
        if final:
            before.append(f"{stage}:{month}")
        yield Key(key, f"lieu:{stage}", month, stage, where, ""), sums


def _exits(exits: Iterable[Exit]) -> Iterator[tuple[Key, Sums]]:
    last: dict[tuple[str, str], str] = {}
    for key, day, stage, days in exits:
        if days is None:
            continue
        month, before = day[:7], last.get((key, stage), "")
        yield Key(key, "sejour", month, stage, str(days), ""), _ONE
        if month != before:
            yield Key(key, "sorti", month, stage, "", before), _ONE
            last[key, stage] = month


def _moved(exits: Iterable[Exit], place: Place) -> Iterator[tuple[Key, Sums]]:
    last: dict[str, str] = {}
    for key, day, _stage, _days in exits:
        month, before = day[:7], last.get(key, "")
        if month != before:
            yield Key(key, "avance", month, "", str(place.referent_id or 0), before), _ONE
            last[key] = month


def ended_before(precedent: str, first: str) -> frozenset[str]:
    """Of what an `entree` was counted after, the stages entered from a month on."""
    pairs = (each.rpartition(":") for each in precedent.split(_SEPARATOR) if each)
    return frozenset(stage for stage, _, month in pairs if month >= first)


def _day(moved: Entry | Exit) -> str:
    return moved.day
