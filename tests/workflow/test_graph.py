"""The declared graph: wildcards and returns written out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.builders.toys import small_pipeline, toy_pipeline
from workflow.graph import closure, edges, reachable
from workflow.pipeline import Pipeline


def ways(pipeline: Pipeline) -> set[tuple[str, str, str]]:
    return {(edge.origin, edge.action.key, edge.target) for edge in edges(pipeline)}


def test_every_way_of_the_workshop() -> None:
    forward = {
        ("recu", "secher", "sechage"),
        ("recu", "relier", "reliure"),
        ("sechage", "relier", "reliure"),
        ("reliure", "reprendre", "reliure"),
        ("reliure", "rendre", "rendu"),
        ("recu", "perdre", "perdu"),
        ("sechage", "perdre", "perdu"),
        ("reliure", "perdre", "perdu"),
        ("perdu", "retrouver", "recu"),
        ("perdu", "retrouver", "sechage"),
        ("perdu", "retrouver", "reliure"),
    }
    backward = {(target, "corriger", origin) for origin, _key, target in forward}
    assert ways(toy_pipeline()) == forward | backward


def test_any_stage_leaves_out_the_destination_itself() -> None:
    pipeline = small_pipeline("a b c!", [{"key": "finir", "from": "*", "to": "c"}])
    assert ways(pipeline) == {("a", "finir", "c"), ("b", "finir", "c")}


def test_any_stage_that_is_not_final_may_stand_beside_a_final_one_by_name() -> None:
    pipeline = small_pipeline(
        "a b! c! d!", [{"key": "finir", "from": ["*non_final", "b"], "to": "d"}]
    )
    assert pipeline.origins(pipeline.actions[0]) == ("a", "b")


def test_a_stage_named_as_its_own_destination_turns_on_the_spot() -> None:
    pipeline = small_pipeline("a b!", [{"key": "tourner", "from": ["a", "*"], "to": "a"}])
    assert ways(pipeline) == {("a", "tourner", "a"), ("b", "tourner", "a")}


def test_one_may_go_back_from_a_return_whatever_the_order_of_the_file() -> None:
    back = {"key": "revenir", "from": "b", "to": "@precedente"}
    other = {"key": "rentrer", "from": "a", "to": "@precedente"}
    go: dict[str, Any] = {"key": "avancer", "from": "a", "to": "b"}
    expected = {("a", "avancer", "b"), ("b", "revenir", "a"), ("a", "rentrer", "b")}
    assert ways(small_pipeline("a b!", [go, back, other])) == expected
    assert ways(small_pipeline("a b!", [other, back, go])) == expected


def test_corrections_add_no_way_for_the_returns() -> None:
    pipeline = small_pipeline(
        "a b! c!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "corriger", "from": "*", "to": "@precedente", "corrects": True},
            {"key": "revenir", "from": "c", "to": "@precedente"},
        ],
    )
    assert ways(pipeline) == {("a", "avancer", "b"), ("b", "corriger", "a")}


def test_what_can_be_reached_is_followed_to_its_end() -> None:
    pipeline = small_pipeline(
        "a b c! d!",
        [
            {"key": "un", "from": "a", "to": "b"},
            {"key": "deux", "from": "b", "to": "c"},
            {"key": "trois", "from": "d", "to": "a"},
        ],
    )
    assert reachable(pipeline) == {"a", "b", "c"}


@given(
    st.sets(st.integers(0, 6)),
    st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6))),
)
def test_a_closure_holds_its_start_and_nothing_leads_out_of_it(
    start: set[int], pairs: set[tuple[int, int]]
) -> None:
    named = {(str(origin), str(target)) for origin, target in pairs}
    found = closure(map(str, start), named)
    assert set(map(str, start)) <= found
    assert all(target in found for origin, target in named if origin in found)
    assert all(
        stage in map(str, start) or any(target == stage for _origin, target in named)
        for stage in found
    )
