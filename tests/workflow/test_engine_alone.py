"""What the system takes by itself, and any sequence of calls on any pipeline."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.toys import (
    BINDER,
    CHIEF,
    VISITOR,
    book,
    engine_of,
    situation,
    small_pipeline,
    workshop_register,
)
from workflow.engine import Engine, Move
from workflow.errors import Refused, UnknownAction
from workflow.graph import edges
from workflow.pipeline import Pipeline
from workflow.subject import SYSTEM, Actor, Subject

# --- What the system takes ----------------------------------------------------------------------


def by_itself(*guards: str, roles: Sequence[str] = ()) -> Pipeline:
    return small_pipeline(
        "a b!",
        [
            {
                "key": "glisser",
                "from": "a",
                "to": "b",
                "automatic": True,
                "guards": guards,
                "roles": roles,
            }
        ],
    )


def test_an_automatic_action_is_taken_once_its_guards_pass() -> None:
    pipeline = by_itself("livre_sec")
    engine = engine_of(pipeline)
    wet = situation(book(pipeline), pipeline, SYSTEM, humidite=9)
    assert engine.automatic(wet) is None
    dry = situation(book(pipeline), pipeline, SYSTEM)
    assert engine.automatic(dry) is pipeline.actions[0]
    move = engine.apply(dry, "glisser", {})
    assert (move.role, move.actor.name, move.to_stage) == ("systeme", "Microprojets", "b")


def test_a_person_takes_an_automatic_action_only_under_a_role_that_it_names() -> None:
    closed, opened = by_itself(), by_itself(roles=["chef"])
    with pytest.raises(Refused):
        engine_of(closed).apply(situation(book(closed), closed, CHIEF), "glisser", {})
    with pytest.raises(Refused):
        engine_of(opened).apply(situation(book(opened), opened, BINDER), "glisser", {})
    move = engine_of(opened).apply(situation(book(opened), opened, CHIEF), "glisser", {})
    assert move.role == "chef"


def test_the_system_takes_nothing_that_is_not_its_own() -> None:
    pipeline = small_pipeline("a b!", [{"key": "avancer", "from": "a", "to": "b"}])
    with pytest.raises(Refused):
        engine_of(pipeline).apply(situation(book(pipeline), pipeline, SYSTEM), "avancer", {})


def test_the_first_automatic_action_that_passes_is_the_one_taken() -> None:
    pipeline = small_pipeline(
        "a b! c! d!",
        [
            {"key": "un", "from": "a", "to": "b", "automatic": True, "guards": ["jamais"]},
            {"key": "deux", "from": "a", "to": "c", "automatic": True, "guards": ["toujours"]},
            {"key": "trois", "from": "a", "to": "d", "automatic": True},
        ],
    )
    taken = engine_of(pipeline).automatic(situation(book(pipeline), pipeline, SYSTEM))
    assert taken is not None
    assert taken.key == "deux"


def test_a_timed_action_waits_for_its_time_and_not_for_automation() -> None:
    pipeline = small_pipeline(
        "a b!", [{"key": "expirer", "from": "a", "to": "b", "timer": {"after": "3 jours"}}]
    )
    engine, now = engine_of(pipeline), situation(book(pipeline), pipeline, SYSTEM)
    assert engine.automatic(now) is None
    assert engine.apply(now, "expirer", {}).to_stage == "b"


def test_guards_hear_the_argument_that_the_file_gives_them() -> None:
    heard: list[str | None] = []
    register = workshop_register()
    register.guard("entendre", argument="field")(lambda attempt: heard.append(attempt.argument))
    pipeline = small_pipeline(
        "a b!",
        [
            {
                "key": "avancer",
                "from": "a",
                "to": "b",
                "guards": ["entendre(un)", "entendre(deux)", "toujours"],
            }
        ],
    )
    engine_of(pipeline, register=register).actions(situation(book(pipeline), pipeline))
    assert heard == ["un", "deux"]


# --- Any pipeline, any sequence ------------------------------------------------------------------

KEYS = "abcde"
ACTIONS = st.fixed_dictionaries(
    {
        "from": st.one_of(
            st.sampled_from(["*", "*non_final"]),
            st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True),
        ),
        "to": st.sampled_from([*KEYS, "@precedente"]),
        "guards": st.sampled_from([[], ["jamais"], ["livre_sec"]]),
        "roles": st.sampled_from([["relieur"], ["chef"], []]),
    }
)
CORRECTION = {"key": "corriger", "from": "*", "to": "@precedente", "corrects": True}


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Any graph that can be drawn, sound or not; at most one action of a key from a stage."""
    final = draw(st.sets(st.sampled_from(KEYS)))
    stages = " ".join(key + "!" * (key in final) for key in KEYS)
    drawn = draw(st.lists(ACTIONS, max_size=7))
    actions = [{**action, "key": f"action_{n}"} for n, action in enumerate(drawn)]
    return small_pipeline(stages, [*actions, CORRECTION], initial=draw(st.sampled_from(KEYS)))


CALLS = st.lists(
    st.tuples(
        st.integers(0, 8), st.sampled_from([BINDER, CHIEF, VISITOR, SYSTEM]), st.integers(0, 6)
    ),
    max_size=25,
)


@given(pipelines(), CALLS)
def test_no_sequence_of_calls_leaves_the_declared_graph(
    pipeline: Pipeline, calls: list[tuple[int, Actor, int]]
) -> None:
    """Each move is an edge, and the trail is the stack of entries that were not corrected."""
    engine, subject = engine_of(pipeline), book(pipeline)
    declared = {(edge.origin, edge.action.key, edge.target) for edge in edges(pipeline)}
    model = [pipeline.initial]
    for number, actor, damp in calls:
        key = f"action_{number}" if number < 8 else "corriger"
        before, now = subject.stage, situation(subject, pipeline, actor, humidite=damp)
        offered = {offer.action.key: offer for offer in engine.actions(now)}
        move = attempt(engine, subject, pipeline, key, actor, damp)
        if move is None:
            assert subject.stage == before == model[-1]
            assert key not in offered or not offered[key].allowed
            continue
        assert offered[key].allowed
        assert offered[key].to == move.to_stage
        assert (move.from_stage, key, move.to_stage) in declared
        assert actor.holds(move.action.roles)
        assert move.first_entry == (not move.action.corrects and move.to_stage not in model)
        if move.action.corrects:
            model.pop()
        else:
            model.append(move.to_stage)
        subject.trail, subject.seq = move.trail, subject.seq + 1
        assert [step.stage for step in subject.trail] == model
        assert subject.stage == model[-1]


def attempt(
    engine: Engine, subject: Subject, pipeline: Pipeline, key: str, actor: Actor, damp: int
) -> Move | None:
    try:
        return engine.apply(situation(subject, pipeline, actor, humidite=damp), key, {})
    except (Refused, UnknownAction):
        return None
