"""A reminder that breaks is told, tried again, and holds no other back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grants.relances import preparing
from tests.builders.dossiers import Counter
from tests.builders.reminders import reminders_sent, sweep_at

FIRST = datetime(2026, 4, 2, 7, tzinfo=UTC)


def test_one_that_breaks_does_not_hold_the_others_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = counter.open(), counter.open()
    real = preparing.judge

    def break_first(look: Any, due: Any) -> Any:
        if due[0][1].id == first:
            raise LookupError(first)
        return real(look, due)

    monkeypatch.setattr(preparing, "judge", break_first)
    with pytest.raises(ExceptionGroup) as raised:
        sweep_at(counter, FIRST)
    assert [fault.args for fault in raised.value.exceptions] == [(first,)]
    assert [each["subject_id"] for each in reminders_sent(counter)] == [second]
    monkeypatch.undo()
    assert sweep_at(counter, FIRST).letters == 1


def test_one_whose_facts_cannot_be_read_does_not_hold_the_others_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = counter.open(), counter.open()

    def break_first(_connection: Any, subjects: Any) -> Any:
        if any(each.id == first for each in subjects):
            raise LookupError(first)
        return {}

    facts = counter.engine.vocabulary.facts
    broken = replace(facts["rendez_vous"], of_many=break_first)
    monkeypatch.setitem(facts, "rendez_vous", broken)
    with pytest.raises(ExceptionGroup) as raised:
        sweep_at(counter, FIRST)
    assert [fault.args for fault in raised.value.exceptions] == [(first,)]
    assert [each["subject_id"] for each in reminders_sent(counter)] == [second]
    monkeypatch.undo()
    assert sweep_at(counter, FIRST).letters == 1
