"""Chapters, figures, and the rows behind them: declared by each subject, in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from grants.rapport.activite.units import Amount, Unit
from grants.rapport.periods import Period

if TYPE_CHECKING:
    from grants.rapport.activite.sight import Sight

#: How the cells of a column are written in a spreadsheet; `jours` and `heures` are hundredths.
Kind = Literal["texte", "nombre", "montant", "date", "heures"]


@dataclass(frozen=True, slots=True)
class Column:
    """What the rows of a source say of each thing counted."""

    key: str
    label: str
    kind: Kind = "texte"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing counted. `about` leads to it: « dossier », « structure », « seance » and its id."""

    values: Mapping[str, Any]
    about: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A list on screen that holds the same: dossiers that first entered stages in the period."""

    pipeline: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """The same for interventions: those of a dispositif, or all of them."""

    dispositif: str | None = None


Screen = Entered | Spent


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that figures are about: read once for a report, whatever is counted of them."""

    key: str
    label: str
    columns: tuple[Column, ...]
    read: Callable[[Sight], Iterable[Row]]
    screen: Screen | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a figure: how much of it is of a sector, of a theme, of a body."""

    label: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it was computed. `out_of` is the end of a scale, `note` what it is made of."""

    amount: Amount
    out_of: int | None = None
    note: str = ""
    parts: tuple[Part, ...] = ()


#: What is not known is None, and never a zero.
Computed = Value | Amount
Compute = Callable[["Sight"], Computed]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a chapter. `group` heads it. Without `compute` it is typed in by a person.

    `steady`: it does not depend on the period, so that comparing says nothing.
    """

    key: str
    label: str
    unit: Unit
    compute: Compute | None
    behind: Source | None = None
    group: str = ""
    steady: bool = False

    @property
    def typed(self) -> bool:
        """Whether nothing but a person can tell it."""
        return self.compute is None


class KeyTakenTwice(ValueError):
    """Deux chiffres d'un chapitre du rapport portent la même clé."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """An ordered list of figures, to which any subject adds its own."""

    key: str
    label: str
    figures: list[Figure] = field(default_factory=list)

    def add(self, *figures: Figure) -> None:
        """Figures after those that are there. Raises KeyTakenTwice."""
        for figure in figures:
            if any(each.key == figure.key for each in self.figures):
                raise KeyTakenTwice(f"{self.key}.{figure.key}")
            self.figures.append(figure)

    def figure(self, key: str) -> Figure | None:
        """One of its figures."""
        return next((each for each in self.figures if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with its value over a period, and over the one before."""

    chapter: Chapter
    figure: Figure
    value: Value
    before: Value


@dataclass(frozen=True, slots=True)
class Report:
    """What some chapters say of a period."""

    organisme: str
    period: Period
    previous: Period
    chapters: tuple[tuple[Chapter, tuple[Told, ...]], ...]

    def told(self, chapter: str, key: str) -> Told | None:
        """One figure."""
        for each, figures in self.chapters:
            if each.key == chapter:
                return next((told for told in figures if told.figure.key == key), None)
        return None
