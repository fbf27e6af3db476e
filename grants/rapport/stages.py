"""Entries into stages and time spent there, over a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grants.rapport.paths import Sums
from grants.rapport.periods import Period
from grants.rapport.tally import ENTERED, LEFT, SPENT, Counted, Tally

Counts = Mapping[Counted, Sums]


@dataclass(frozen=True, slots=True)
class TimeInStage:
    """Days spent in a stage by those that left it in the period: median, and nine in ten.

    `count` is of stays: a dossier that came back and left again has several, counted once in
    `dossiers`.
    Days of the calendar in Paris: who comes on Monday evening and leaves on Tuesday stays one.
    """

    count: int
    median: int
    ninth: int
    dossiers: int


def funnel(tally: Tally, pipeline: str, period: Period) -> Mapping[str, int]:
    """How many dossiers first entered each stage in the period."""
    return entered_in(tally.over(pipeline, period, ENTERED))


def times_in_stages(tally: Tally, pipeline: str, period: Period) -> Mapping[str, TimeInStage]:
    """For each stage, the days between entering and leaving it, of the exits in the period.

    A move that was corrected never was, and neither was its correction: time goes on from before.
    """
    return times_of(tally.over(pipeline, period, SPENT, LEFT))


def entered_in(counts: Counts) -> dict[str, int]:
    """How many dossiers first entered each stage."""
    entered: dict[str, int] = {}
    for what, (number, *_) in counts.items():
        if what.nature == ENTERED:
            entered[what.etape] = entered.get(what.etape, 0) + number
    return entered


def stopped_in(counts: Counts, stages: Sequence[str]) -> int:
    """How many dossiers first entered one of some final stages; those that entered two, once."""
    stopping = frozenset(stages)
    return sum(
        number
        for what, (number, *_) in counts.items()
        if what.nature == ENTERED and what.etape in stopping and not what.ended & stopping
    )


def times_of(counts: Counts) -> dict[str, TimeInStage]:
    """What the stays of each stage come to."""
    spent: dict[str, dict[int, int]] = {}
    dossiers: dict[str, int] = {}
    for what, (number, *_) in counts.items():
        if what.nature == SPENT:
            spent.setdefault(what.etape, {})[int(what.detail)] = number
        elif what.nature == LEFT:
            dossiers[what.etape] = dossiers.get(what.etape, 0) + number
    return {stage: _summary(days, dossiers[stage]) for stage, days in spent.items()}


def _summary(days: Mapping[int, int], dossiers: int) -> TimeInStage:
    """`days`: how many stays took so many days."""
    count = sum(days.values())
    places = ((count - 1) // 2, count // 2, -(-9 * count // 10) - 1)
    low, high, ninth = _at(sorted(days.items()), places)
    # Half a day counts as one: `round` would go down from 2.5 and up from 3.5.
    return TimeInStage(count, int((low + high) / 2 + 0.5), ninth, dossiers)


def _at(ordered: Sequence[tuple[int, int]], places: Sequence[int]) -> Iterator[int]:
    """The values at some places of a sequence, told by how many there are of each."""
    for place in places:
        passed = 0
        for value, number in ordered:
            passed += number
            if place < passed:
                yield value
                break
