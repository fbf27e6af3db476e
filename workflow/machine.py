"""One `transitions.Machine` per pipeline version, built once and shared by every subject."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from transitions import EventData, Machine

from workflow.graph import edges
from workflow.guards import Attempt
from workflow.pipeline import PREVIOUS, Action, Field, Pipeline
from workflow.subject import Subject

logging.getLogger("transitions").setLevel(logging.WARNING)


class MachineDisagrees(RuntimeError):
    """The engine let a move pass that the state machine refuses: a fault of code."""


class PipelineMachine:
    """The compiled form of a pipeline: an index by stage, and the machine that fires."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.fields: Mapping[str, Field] = {each.key: each for each in pipeline.every_field()}
        self._machine = Machine(
            model=None,
            states=[stage.key for stage in pipeline.stages],
            initial=None,
            auto_transitions=False,
            send_event=True,
            model_attribute="stage",
        )
        for edge in edges(pipeline):
            self._machine.add_transition(
                trigger=edge.action.key,
                source=edge.origin,
                dest=edge.target,
                conditions=_Allowed(edge.action, edge.target),
            )
        leaving: dict[str, dict[str, Action]] = {stage.key: {} for stage in pipeline.stages}
        for action in pipeline.actions:
            for origin in pipeline.origins(action):
                leaving[origin][action.key] = action
        self._leaving: Mapping[str, Mapping[str, Action]] = leaving

    def leaving(self, stage: str) -> Mapping[str, Action]:
        """The actions of a stage, by key, in the order of the file."""
        return self._leaving[stage]

    def fire(self, subject: Subject, attempt: Attempt) -> None:
        """Move the subject in memory. Raises MachineDisagrees where the machine holds it back."""
        action = attempt.action
        assert action is not None
        target = destination(action, subject)
        if not self._machine.events[action.key].trigger(subject, attempt=attempt, target=target):
            raise MachineDisagrees(f"{self.pipeline.key}: {action.key} from {subject.stage}")


class _Allowed:
    """The machine's own condition: the same guards passed, and this is the way they opened."""

    def __init__(self, action: Action, target: str) -> None:
        self.action = action
        self.target = target
        self.__name__ = f"allowed_{action.key}"

    def __call__(self, event: EventData) -> bool:
        attempt: Attempt = event.kwargs["attempt"]
        return (
            attempt.action is self.action
            and attempt.checked
            and not attempt.refusals
            and event.kwargs["target"] == self.target
        )


def destination(action: Action, subject: Subject) -> str | None:
    """Where the action leads from where the subject stands; None: it came from nowhere."""
    return subject.came_from if action.to == PREVIOUS else action.to
