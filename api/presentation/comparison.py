"""Two periods side by side: the same figures, each with its list, and the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.presentation.counted import ENTERED, LEFT, counting_url
from api.presentation.periods import period_words
from api.presentation.stages import asks_amounts, outcome_of
from api.views.pilotage import ComparedLine, Comparison, Figure
from api.wording import counted as so_many
from grants.rapport.figures import Figures, Landmarks
from workflow.money import NO_BREAK_SPACE, format_amount, group_thousands
from workflow.pipeline import Pipeline, Stage

Written = Callable[[int], str]


def comparison_of(
    pipeline: Pipeline, landmarks: Landmarks, first: Figures, second: Figures
) -> Comparison:
    """What the first period counts, what the second does, and what separates them."""
    both = _Both(pipeline, landmarks, first, second)
    return Comparison(
        first=period_words(first.period),
        second=period_words(second.period),
        lines=(*both.dossiers(), *both.amounts(), *both.times()),
    )


@dataclass(frozen=True, slots=True)
class _Both:
    """The figures of two periods of one pipeline."""

    pipeline: Pipeline
    landmarks: Landmarks
    first: Figures
    second: Figures

    def dossiers(self) -> Iterator[ComparedLine]:
        """How many reached each stage, how many stopped."""
        group = "Dossiers entrés à l’étape"
        for stage in self.pipeline.stages:
            if outcome_of(self.pipeline, stage.key) != "arrete":
                yield self._line(
                    stage.label,
                    group,
                    lambda figures, stage=stage: figures.entered.get(stage.key, 0),
                    (stage.key,),
                )
        stopping = tuple(self.landmarks.stopping)
        yield self._line("Sortis sans aboutir", group, lambda figures: figures.stopped, stopping)

    def amounts(self) -> Iterator[ComparedLine]:
        """What was asked, and granted, where this pipeline is about money."""
        group, marks = "Montants", self.landmarks
        if asks_amounts(self.pipeline):
            asked = (marks.opening,)
            yield self._line(
                "Demandé", group, lambda each: each.amounts.demande, asked, format_amount
            )
        if marks.granting != marks.opening:
            granted = (marks.granting,)
            yield self._line(
                "Accordé", group, lambda each: each.amounts.accorde, granted, format_amount
            )

    def times(self) -> Iterator[ComparedLine]:
        """The median of each stage, where both periods have one."""
        for stage in self.pipeline.stages:
            if stage.key in self.first.times and stage.key in self.second.times:
                yield self._time(stage)

    def _line(
        self,
        label: str,
        group: str,
        value: Callable[[Figures], int],
        stages: tuple[str, ...],
        written: Written = group_thousands,
    ) -> ComparedLine:
        one, other = value(self.first), value(self.second)
        return ComparedLine(
            label=label,
            group=group,
            first=self._figure(label, self.first, one, stages, written),
            second=self._figure(label, self.second, other, stages, written),
            difference=difference(one, other, written),
            share=share(one, other),
        )

    def _figure(
        self, label: str, figures: Figures, value: int, stages: tuple[str, ...], written: Written
    ) -> Figure:
        url = counting_url(self.pipeline, ENTERED, figures.period, *stages) if value else None
        return Figure(label=label, value=written(value), url=url)

    def _time(self, stage: Stage) -> ComparedLine:
        def figure(figures: Figures) -> Figure:
            url = counting_url(self.pipeline, LEFT, figures.period, stage.key)
            return Figure(label=stage.label, value=_days(figures.times[stage.key].median), url=url)

        one, other = (figures.times[stage.key].median for figures in (self.first, self.second))
        return ComparedLine(
            label=stage.label,
            group="Durée médiane dans l’étape",
            first=figure(self.first),
            second=figure(self.second),
            difference=difference(one, other, _days),
            share=share(one, other),
        )


def difference(one: int, other: int, written: Written = group_thousands) -> str:
    """« +3 », « −1 200 € », « égal »: how much more the first is than the second."""
    if one == other:
        return "égal"
    return f"{'+' if one > other else '−'}{written(abs(one - other))}"


def share(one: int, other: int) -> str:
    """« +50 % », nothing where there is nothing to compare with."""
    if not other or one == other:
        return ""
    percent = round(100 * abs(one - other) / other)
    return f"{'+' if one > other else '−'}{group_thousands(percent)}{NO_BREAK_SPACE}%"


def _days(days: int) -> str:
    return so_many(days, "jour")
