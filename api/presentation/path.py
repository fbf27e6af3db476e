"""The stages of a dossier drawn as a path: those passed and dated, the present one, the rest."""

from __future__ import annotations

from datetime import date

from api.presentation.stages import outcome_of, tone_of
from api.views.dossier import PathStep, StepState
from workflow.dates import to_paris
from workflow.journal_reading import Line
from workflow.pipeline import Pipeline
from workflow.subject import Subject


def path_of(pipeline: Pipeline, subject: Subject, lines: list[Line]) -> tuple[PathStep, ...]:
    """The main path in the order of the file; a way out only when it was taken."""
    entered = _entries(subject, lines)
    forward = [
        stage
        for stage in pipeline.stages
        if not stage.final or outcome_of(pipeline, stage.key) == "abouti"
    ]
    main = [stage.key for stage in forward]
    reached = max((main.index(key) for key in entered if key in main), default=0)
    stopped = outcome_of(pipeline, subject.stage) == "arrete"
    steps: list[PathStep] = []
    for rank, stage in enumerate(forward):
        if stopped and rank > reached:
            continue
        steps.append(
            PathStep(
                label=stage.label,
                tone=tone_of(pipeline, stage.key),
                state=_state(stage.key, rank, reached, subject.stage, entered),
                at=entered.get(stage.key),
            )
        )
    if stopped:
        steps.append(
            PathStep(
                label=pipeline.stage(subject.stage).label,
                tone=tone_of(pipeline, subject.stage),
                state="presente",
                at=entered.get(subject.stage),
                way_out=True,
            )
        )
    return tuple(steps)


def _entries(subject: Subject, lines: list[Line]) -> dict[str, date]:
    """The latest entry that counts into each stage: corrected moves are not on the trail."""
    dates = {line.seq: to_paris(line.at).date() for line in lines}
    return {step.stage: dates[step.seq] for step in subject.trail if step.seq in dates}


def _state(key: str, rank: int, reached: int, present: str, entered: dict[str, date]) -> StepState:
    if key == present:
        return "presente"
    if key in entered:
        return "passee"
    return "sautee" if rank < reached else "a_venir"
