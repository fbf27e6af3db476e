"""A pipeline as a Mermaid state diagram, drawn by `transitions` from the declared graph."""

from __future__ import annotations

from types import SimpleNamespace

from transitions.extensions import GraphMachine

from workflow.graph import edges
from workflow.pipeline import Pipeline


def mermaid(pipeline: Pipeline) -> str:
    """The Mermaid text of a pipeline: stages by key, actions on the arrows."""
    machine = GraphMachine(
        # A throwaway machine and model: a shared machine cannot be drawn.
        model=SimpleNamespace(),
        states=[stage.key for stage in pipeline.stages],
        initial=pipeline.initial,
        auto_transitions=False,
        graph_engine="mermaid",
        title=pipeline.label,
        show_conditions=False,
    )
    for edge in edges(pipeline):
        machine.add_transition(edge.action.key, edge.origin, edge.target)
    return machine.get_graph().source
