"""What the rules of a stage make due, from its entry or from a date: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.builders.toys import NOON, TIMED_WORKSHOP, paris_9, toy_pipeline
from workflow import echeances
from workflow.delays import Delays
from workflow.echeances import (
    ACTION,
    RELANCE,
    Planned,
    plan,
)

PIPELINE = toy_pipeline()
TIMED = toy_pipeline(TIMED_WORKSHOP)


def due_days(planned: list[Planned], kind: str = RELANCE) -> list[date]:
    return [each.due_at.date() for each in planned if each.kind == kind]


def test_delays_from_an_entry_are_counted_in_working_or_calendar_days() -> None:
    planned = plan(PIPELINE, "recu", NOON, {})
    assert [(each.rule, each.occurrence) for each in planned] == [
        ("demander_le_livre", 1),
        ("demander_le_livre", 2),
    ]
    assert due_days(planned) == [date(2026, 3, 9), date(2026, 3, 12)]
    assert planned[0].due_at == paris_9(2026, 3, 9)
    assert planned[0].anchored_on == date(2026, 3, 2)


def test_the_entry_is_the_day_in_paris() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the 2nd, half past midnight in Paris
    assert due_days(plan(PIPELINE, "recu", late, {})) == [date(2026, 3, 9), date(2026, 3, 12)]


def test_what_repeats_is_planned_as_often_as_it_may_be() -> None:
    planned = plan(PIPELINE, "sechage", NOON, {})
    assert [each.occurrence for each in planned] == [1, 2, 3]
    assert due_days(planned) == [date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 10)]


def test_a_tenant_sets_its_own_moments() -> None:
    rules = PIPELINE.stage("recu").reminders + PIPELINE.stage("sechage").reminders
    keys = [f"relance_{rule.key}" for rule in rules]
    defaults = {each.key: each.default for each in PIPELINE.parameters if each.key in keys}
    assert list(defaults.values()) == [
        *("5 jours ouvrés, 10 jours", "2 jours ouvrés, 4 jours ouvrés, 6 jours ouvrés"),
    ]
    own = {keys[0]: Delays.parse("1 jour ouvré"), keys[1]: Delays.parse("jamais")}
    assert due_days(plan(PIPELINE, "recu", NOON, {}, own=own)) == [date(2026, 3, 3)]
    assert plan(PIPELINE, "sechage", NOON, {}, own=own) == []


def test_a_date_fact_anchors_what_comes_before_on_and_after_it() -> None:
    facts = {"promis_pour": date(2026, 3, 20)}
    assert due_days(plan(PIPELINE, "reliure", NOON, facts)) == [
        date(2026, 3, 18),
        date(2026, 3, 20),
        date(2026, 3, 23),
    ]
    assert plan(PIPELINE, "reliure", NOON, {}) == []
    assert plan(PIPELINE, "reliure", NOON, {"promis_pour": None}) == []


def test_an_instant_anchors_by_its_day_in_paris() -> None:
    late = datetime(2026, 3, 19, 23, 30, tzinfo=UTC)
    planned = plan(PIPELINE, "reliure", NOON, {"promis_pour": late})
    assert planned[1].anchored_on == date(2026, 3, 20)


def test_the_bank_holidays_are_those_of_the_territory() -> None:
    before_good_friday = datetime(2026, 3, 27, 11, 0, tzinfo=UTC)
    here = plan(PIPELINE, "recu", before_good_friday, {})
    there = plan(PIPELINE, "recu", before_good_friday, {}, "alsace_moselle")
    assert (due_days(here)[0], due_days(there)[0]) == (date(2026, 4, 3), date(2026, 4, 7))


def test_a_reminder_due_before_the_stage_was_entered_is_past() -> None:
    facts = {"promis_pour": date(2026, 3, 3)}
    assert due_days(plan(PIPELINE, "reliure", NOON, facts)) == [date(2026, 3, 3), date(2026, 3, 6)]


def test_an_action_due_before_the_stage_was_entered_is_late_and_still_taken() -> None:
    planned = plan(TIMED, "reliure", NOON, {"promis_pour": date(2026, 1, 5)})
    assert due_days(planned) == []
    assert due_days(planned, ACTION) == [date(2026, 1, 6)]


def test_a_stage_says_which_dates_its_rules_hang_on() -> None:
    assert echeances.anchors_of(TIMED, "reliure") == {"promis_pour"}
    assert echeances.anchors_of(TIMED, "recu") == frozenset()
