"""Steering: how many went how far in a period, how long it took, and how near the targets are."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.listing import EmptyState, FilterBar, Tab
from api.views.stages import PhaseTone


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """How many dossiers first entered a stage in the period. `url` lists exactly those."""

    label: str
    count: int
    url: str | None = None
    tone: PhaseTone = "bleu"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """The days spent in a stage by the dossiers that left it: half took less than `median`."""

    label: str
    count: int
    median: int | None
    ninth: int | None
    url: str | None = None
    tone: PhaseTone = "bleu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A commitment: so many by the end of a period. `source` says who set it."""

    label: str
    reached: int
    goal: int
    url: str | None = None
    source: str = ""

    @property
    def percent(self) -> int:
        """How much of the goal is reached, not above 100 (for the bar)."""
        return min(100, round(100 * self.reached / self.goal)) if self.goal else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that sums up the period. `value` is already written (« 6 », « 138 000 € »)."""

    label: str
    value: str
    url: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The open dossiers of one referent in one stage: a piece of his bar. `url` lists them."""

    label: str
    count: int
    url: str
    tone: PhaseTone


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLine:
    """What one referent has in hand; each number has its list where there is something to list."""

    nom: str
    total: int
    url: str | None
    slices: tuple[Slice, ...]
    late: int
    late_url: str | None
    moved: int
    moved_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadLine:
    """What one département, or one sector, counts in the period. Amounts in cents."""

    label: str
    opened: int
    opened_url: str | None
    demande: int
    granted: int
    granted_url: str | None
    accorde: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A table of SpreadLines; `place` is what its lines are: « Département », « Secteur »."""

    key: str
    place: str
    lines: tuple[SpreadLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """The same figure in two periods, already written, and the difference. `group` heads it."""

    label: str
    first: Figure
    second: Figure
    difference: str
    share: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two periods side by side, the one looked at first."""

    first: str
    second: str
    lines: tuple[ComparedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotagePage:
    """The steering page of one pipeline over one period.

    `asks_amounts` is false for a pipeline that is asked for no money, `grants_amounts` for one
    that gives none.
    """

    pipeline: str
    period: str
    tabs: tuple[Tab, ...]
    shortcuts: tuple[Tab, ...]
    filters: FilterBar
    figures: tuple[Figure, ...]
    funnel: tuple[FunnelStep, ...]
    durations: tuple[StageTime, ...]
    targets: tuple[Target, ...]
    comparisons: tuple[Tab, ...] = ()
    comparison: Comparison | None = None
    loads: tuple[LoadLine, ...] = ()
    spreads: tuple[Spread, ...] = ()
    asks_amounts: bool = True
    grants_amounts: bool = True
    empty: EmptyState | None = None
    print_title: str = ""
