"""The declared graph of a pipeline: every (stage, action, stage) that a subject may take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.pipeline import PREVIOUS, Action, Pipeline


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a stage to a stage by an action."""

    origin: str
    action: Action
    target: str


def edges(pipeline: Pipeline) -> tuple[Edge, ...]:
    """Every edge, `@precedente` written out as the stages one can have come from."""
    forward = [
        Edge(origin, action, action.to)
        for action in pipeline.actions
        if action.to != PREVIOUS
        for origin in pipeline.origins(action)
    ]
    forward += _ways_back(pipeline, forward)
    correcting = [action for action in pipeline.actions if action.corrects]
    return (*forward, *_reversed(pipeline, correcting, forward))


def reachable(pipeline: Pipeline) -> frozenset[str]:
    """The stages that some sequence of actions reaches from the initial one."""
    return closure([pipeline.initial], ((edge.origin, edge.target) for edge in edges(pipeline)))


def succeeding(pipeline: Pipeline) -> frozenset[str]:
    """The final stages that a forward move leads to; to end in any other is to stop."""
    reached = {edge.target for edge in edges(pipeline) if edge.action.tone == "avance"}
    return frozenset(stage.key for stage in pipeline.stages if stage.final) & reached


def stopping(pipeline: Pipeline) -> frozenset[str]:
    """The final stages where one ends without succeeding."""
    finals = frozenset(stage.key for stage in pipeline.stages if stage.final)
    return finals - succeeding(pipeline)


def closure(start: Iterable[str], ways: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Where one gets to from these stages, themselves included, along these (from, to) pairs."""
    onwards: dict[str, set[str]] = {}
    for origin, target in ways:
        onwards.setdefault(origin, set()).add(target)
    seen = set(start)
    waiting = list(seen)
    while waiting:
        fresh = onwards.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return frozenset(seen)


def _ways_back(pipeline: Pipeline, forward: list[Edge]) -> list[Edge]:
    """The returns that are moves of their own: one may come back from a return, too."""
    returning = [
        action for action in pipeline.actions if action.to == PREVIOUS and not action.corrects
    ]
    found: list[Edge] = []
    while fresh := [
        edge for edge in _reversed(pipeline, returning, [*forward, *found]) if edge not in found
    ]:
        found += fresh
    return found


def _reversed(pipeline: Pipeline, actions: list[Action], known: list[Edge]) -> list[Edge]:
    pairs = dict.fromkeys((edge.target, edge.origin) for edge in known)
    return [
        Edge(stage, action, target)
        for action in actions
        for stage, target in pairs
        if stage in pipeline.origins(action)
    ]
