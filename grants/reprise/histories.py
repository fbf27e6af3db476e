"""The path that a dossier took, from the dates of a line: each stage entered once, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from grants.reprise.targets import STAGE, STAGE_DATE
from workflow.dates import format_date
from workflow.graph import closure
from workflow.pipeline import PREVIOUS, Pipeline
from workflow.texts import fold

_MOST_ASKED = 20


@dataclass(frozen=True, slots=True)
class Entered:
    """A stage, and the day it was entered."""

    stage: str
    day: date


class Paths:
    """What the histories of one pipeline may look like."""

    def __init__(self, pipeline: Pipeline, today: date) -> None:
        self._pipeline = pipeline
        self._today = today
        self._labels = {stage.key: stage.label for stage in pipeline.stages}
        self._rank = {stage.key: rank for rank, stage in enumerate(pipeline.stages)}
        self._onwards = _onwards(pipeline)
        self._named = {
            fold(name): stage.key
            for stage in pipeline.stages
            for name in (
                stage.label,
                stage.key,
                stage.key.replace("_", " "),
                stage.label.partition("(")[0].strip(),
            )
        }

    def read(self, values: Mapping[str, Any]) -> tuple[tuple[Entered, ...], dict[str, str]]:
        """The stages entered, in order, and what is wrong, by the key of the answer."""
        dated = [
            Entered(stage, values[f"{STAGE_DATE}{stage}"])
            for stage in self._labels
            if values.get(f"{STAGE_DATE}{stage}") is not None
        ]
        path = tuple(sorted(dated, key=lambda each: (each.day, self._rank[each.stage])))
        faults = {
            f"{STAGE_DATE}{each.stage}": "Cette date est dans le futur."
            for each in path
            if each.day > self._today
        }
        faults |= self._ends(path, values.get(STAGE))
        if not faults:
            faults = self._steps(path)
        return path, faults

    def _ends(self, path: tuple[Entered, ...], told: str | None) -> dict[str, str]:
        """The history begins at the first stage, and ends at the one that is said."""
        initial = self._pipeline.initial
        first, faults = f"{STAGE_DATE}{initial}", dict[str, str]()
        if not path or all(each.stage != initial for each in path):
            faults[first] = f"Donnez la date d'entrée en « {self._labels[initial]} »."
        elif path[0].stage != initial:
            faults[first] = (
                f"« {self._labels[path[0].stage]} » porte une date plus ancienne "
                f"({format_date(path[0].day)}) : l'histoire commence par cette étape."
            )
        if told is None:
            return faults
        present = self._named.get(fold(told))
        if present is None:
            listed = ", ".join(list(self._labels.values())[:_MOST_ASKED])
            faults[STAGE] = f"Cette étape n'existe pas. Écrivez une de celles-ci : {listed}."
        elif path and path[-1].stage != present:
            faults |= self._other_end(path[-1], present, {each.stage for each in path})
        return faults

    def _other_end(self, last: Entered, present: str, dated: set[str]) -> dict[str, str]:
        key = f"{STAGE_DATE}{present}"
        if present not in dated:
            return {key: f"Donnez la date d'entrée en « {self._labels[present]} »."}
        what = (
            f"L'étape actuelle est « {self._labels[present]} », mais « {self._labels[last.stage]} »"
            f" porte une date plus récente ({format_date(last.day)})."
        )
        return {f"{STAGE_DATE}{last.stage}": what}

    def _steps(self, path: tuple[Entered, ...]) -> dict[str, str]:
        """Each stage may be reached from the one before, in one move or several."""
        return {
            f"{STAGE_DATE}{there.stage}": (
                f"De « {self._labels[here.stage]} » ({format_date(here.day)}), un dossier ne peut "
                f"pas aller en « {self._labels[there.stage]} ». Vérifiez les deux dates."
            )
            for here, there in pairwise(path)
            if there.stage not in self._onwards[here.stage]
        }


def _onwards(pipeline: Pipeline) -> dict[str, frozenset[str]]:
    """The stages that one gets to from each, corrections left out."""
    ways = [
        (origin, action.to)
        for action in pipeline.actions
        if not action.corrects and action.to != PREVIOUS
        for origin in pipeline.origins(action)
    ]
    return {stage.key: closure([stage.key], ways) for stage in pipeline.stages}
