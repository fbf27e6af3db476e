"""A pipeline drawn: every stage and every way of the declared graph, and no other."""

from __future__ import annotations

import re

from tests.builders.toys import small_pipeline, toy_pipeline
from workflow.diagram import mermaid
from workflow.graph import edges
from workflow.pipeline import Pipeline

ARROW = re.compile(r"^\s*(\w+) --> (\w+): (.+)$", re.MULTILINE)
STATE = re.compile(r'^\s*state "(\w+)" as (\w+)$', re.MULTILINE)


def drawn(pipeline: Pipeline) -> set[tuple[str, str, str]]:
    return {
        (origin, key.strip(), target)
        for origin, target, keys in ARROW.findall(mermaid(pipeline))
        for key in keys.split("|")
    }


def test_every_way_is_an_arrow_and_every_arrow_a_way() -> None:
    pipeline = toy_pipeline()
    declared = {(edge.origin, edge.action.key, edge.target) for edge in edges(pipeline)}
    assert drawn(pipeline) == declared


def test_every_stage_is_drawn() -> None:
    pipeline = toy_pipeline()
    names = {name for name, _alias in STATE.findall(mermaid(pipeline))}
    assert names == {stage.key for stage in pipeline.stages}


def test_a_diagram_is_the_same_each_time_and_begins_with_its_title() -> None:
    pipeline = toy_pipeline()
    first = mermaid(pipeline)
    assert first == mermaid(pipeline)
    assert first.startswith("---\nReliure\n---\nstateDiagram-v2")
    assert "[*] --> recu" in first


def test_drawing_leaves_nothing_behind() -> None:
    pipeline = small_pipeline("a b!", [{"key": "avancer", "from": "a", "to": "b"}])
    mermaid(pipeline)
    assert drawn(pipeline) == {("a", "avancer", "b")}
