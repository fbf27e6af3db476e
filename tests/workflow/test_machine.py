"""One machine per version: it fires what the engine let pass, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from transitions import Machine

from tests.builders.toys import BINDER, book, engine_of, situation, small_pipeline, toy_pipeline
from workflow.guards import Attempt, Refusal
from workflow.machine import MachineDisagrees, PipelineMachine, destination
from workflow.subject import Step

PIPELINE = toy_pipeline()
MACHINE = PipelineMachine(PIPELINE)


def attempt_of(key: str, stage: str = "recu", **changes: Any) -> Attempt:
    subject = book(PIPELINE, stage)
    action = PIPELINE.action(key, stage)
    attempt = Attempt(situation(subject, PIPELINE), action, {}, checked=True)
    return replace(attempt, **changes)


def test_a_checked_attempt_moves_the_subject() -> None:
    attempt = attempt_of("secher")
    MACHINE.fire(attempt.subject, attempt)
    assert attempt.subject.stage == "sechage"


@pytest.mark.parametrize(
    "attempt",
    [
        attempt_of("secher", checked=False),
        attempt_of("secher", refusals=(Refusal("non", "Non."),)),
        attempt_of("corriger", "sechage", action=None),
    ],
    ids=["not checked", "refused", "of no action"],
)
def test_the_machine_holds_back_what_the_engine_did_not_let_pass(attempt: Attempt) -> None:
    before = attempt.subject.stage
    with pytest.raises((MachineDisagrees, AssertionError)):
        MACHINE.fire(attempt.subject, attempt)
    assert attempt.subject.stage == before


def test_a_return_fires_towards_where_the_subject_came_from_and_nowhere_else() -> None:
    for origin in ("recu", "sechage", "reliure"):
        attempt = attempt_of("retrouver", "perdu")
        attempt.subject.trail = (Step(1, "recu"), Step(2, origin), Step(3, "perdu"))
        MACHINE.fire(attempt.subject, attempt)
        assert attempt.subject.stage == origin


def test_an_action_leads_where_it_says_or_where_one_came_from() -> None:
    back, forward = PIPELINE.action("retrouver"), PIPELINE.action("secher")
    assert back is not None
    assert forward is not None
    assert destination(forward, book(PIPELINE)) == "sechage"
    assert destination(back, book(PIPELINE, "perdu")) == "recu"
    assert destination(back, book(PIPELINE)) is None


def test_two_actions_of_one_key_are_two_transitions() -> None:
    pipeline = small_pipeline(
        "a b c!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "avancer", "from": "b", "to": "c", "guards": ["jamais"]},
        ],
    )
    engine, subject = engine_of(pipeline), book(pipeline)
    engine.apply(situation(subject, pipeline), "avancer", {})
    assert subject.stage == "b"
    assert not engine.actions(situation(subject, pipeline))[0].allowed


def test_no_action_is_added_that_the_file_does_not_declare() -> None:
    declared = {action.key for action in PIPELINE.actions}
    assert set(MACHINE._machine.events) == declared


def test_one_machine_serves_every_subject_and_keeps_none() -> None:
    first, second = book(PIPELINE), book(PIPELINE, id=2)
    engine = engine_of(PIPELINE)
    engine.apply(situation(first, PIPELINE), "secher", {})
    assert (first.stage, second.stage) == ("sechage", "recu")
    machine: Machine = engine.machine(first)._machine
    assert machine.models == []


def test_the_actions_of_a_stage_are_indexed() -> None:
    assert list(MACHINE.leaving("perdu")) == ["retrouver", "corriger"]
    with pytest.raises(KeyError):
        MACHINE.leaving("absente")
    assert BINDER.holds(MACHINE.leaving("perdu")["retrouver"].roles)
