"""Stages as they are shown: a colour by phase, and whether an ending is a success."""

from __future__ import annotations

from functools import lru_cache

from api.views.stages import Outcome, PhaseTone, StageBadge, phase_tone
from workflow.graph import succeeding
from workflow.pipeline import Pipeline


def outcome_of(pipeline: Pipeline, key: str) -> Outcome:
    """A final stage that a forward move leads to is a success; any other final one is a stop."""
    if not pipeline.stage(key).final:
        return "en_cours"
    return "abouti" if key in _succeeding(_Identified(pipeline)) else "arrete"


def tone_of(pipeline: Pipeline, key: str) -> PhaseTone:
    """The colour of a stage."""
    phases = [phase.key for phase in pipeline.phases]
    return phase_tone(phases.index(pipeline.stage(key).phase), outcome_of(pipeline, key))


def badge(pipeline: Pipeline, key: str) -> StageBadge:
    """A stage, small."""
    return _badge(_Identified(pipeline), key)


@lru_cache(maxsize=512)
def _badge(identified: _Identified, key: str) -> StageBadge:
    pipeline = identified.pipeline
    stage = pipeline.stage(key)
    labels = {phase.key: phase.label for phase in pipeline.phases}
    return StageBadge(
        label=stage.label,
        tone=tone_of(pipeline, key),
        outcome=outcome_of(pipeline, key),
        phase=labels[stage.phase],
    )


def asks_amounts(pipeline: Pipeline) -> bool:
    """Whether an amount is asked for in this pipeline: where none is, « 0 € » would say nothing."""
    return any(field.key == "montant_demande" for field in pipeline.every_field())


class _Identified:
    """A loaded pipeline as a cache key: it never changes."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def __hash__(self) -> int:
        return id(self.pipeline)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identified) and other.pipeline is self.pipeline


@lru_cache(maxsize=64)
def _succeeding(identified: _Identified) -> frozenset[str]:
    return succeeding(identified.pipeline)
