"""Guards: pure rules that let a move pass or say, in French, why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.pipeline import Action, Field, Pipeline, Reference
from workflow.subject import Actor, Subject


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an action cannot be taken: a code for programs, a sentence for people.

    `field` names the action's field, or the `sheet.field`, where it can be mended.
    """

    code: str
    message: str
    field: str | None = None


@dataclass(slots=True)
class Situation:
    """Everything the engine looks at: nothing here reads a database."""

    subject: Subject
    pipeline: Pipeline
    actor: Actor
    at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """One action tried in a situation. `values` is None while it is only looked at."""

    situation: Situation
    action: Action | None = None
    values: Mapping[str, Any] | None = None
    reason: str | None = None
    argument: str | None = None
    refusals: tuple[Refusal, ...] = ()
    checked: bool = False

    @property
    def subject(self) -> Subject:
        """What would move."""
        return self.situation.subject

    @property
    def pipeline(self) -> Pipeline:
        """The version of the path that it follows."""
        return self.situation.pipeline

    @property
    def at(self) -> datetime:
        """When it is tried."""
        return self.situation.at

    def parameter(self, key: str) -> Any:
        """The value in force of a pipeline's parameter; None where the pipeline has none."""
        return self.situation.parameters.get(key)

    def fact(self, key: str) -> Any:
        """A fact that the guard declared. KeyError when it was not loaded: a fault of code."""
        return self.situation.facts[key]

    def kept(self, key: str) -> Any:
        """The answer kept on the subject."""
        return self.subject.values.get(key)

    def answer(self, key: str) -> Any:
        """What the form says, or what is kept when the action is only looked at."""
        if self.values is not None and key in self.values:
            return self.values[key]
        return self.kept(key)


GuardFunction = Callable[[Attempt], "Refusal | tuple[Refusal, ...] | None"]


@dataclass(frozen=True, slots=True)
class Guard:
    """A registered rule, with the facts it needs and what its argument must name.

    `says` is the condition in French, `{argument}` standing for what it is asked of.
    """

    name: str
    check: GuardFunction
    facts: tuple[str, ...] = ()
    argument: str | None = None
    says: str = ""

    def refusals(self, attempt: Attempt, reference: Reference) -> tuple[Refusal, ...]:
        """Every reason this rule has against the attempt."""
        attempt.argument = reference.argument
        outcome = self.check(attempt)
        if outcome is None:
            return ()
        return outcome if isinstance(outcome, tuple) else (outcome,)

    def told(self, pipeline: Pipeline, reference: Reference, fields: Iterable[Field] = ()) -> str:
        """The condition in French, of what the reference names. `fields`: those of its action."""
        if reference.argument is None:
            return self.says
        labels = {each.key: each.label for each in (*pipeline.every_field(), *fields)}
        if self.argument == "sheet":
            labels = {each.key: each.label for each in pipeline.sheets}
        named = labels.get(reference.argument, reference.argument)
        return self.says.format(argument=named)
