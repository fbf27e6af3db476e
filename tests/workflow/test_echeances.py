"""What is due and when: planned, moved and cancelled with the moves, never asked for twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders.toys import CHIEF, NOON, TIMED_WORKSHOP, engine_of, paris_9, toy_pipeline
from tests.builders.workshop import Workshop
from workflow import echeances
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.echeances import (
    ACTION,
    ANNULEE,
    ARRETEE,
    FAITE,
    PREVUE,
    RELANCE,
    SUSPENDUE,
)
from workflow.subject import SYSTEM, Subject

TABLE = table_of(Echeance)
PIPELINE = toy_pipeline()
TIMED = toy_pipeline(TIMED_WORKSHOP)


def rows(workshop: Workshop, subject: Subject) -> list[dict[str, Any]]:
    query = select(*TABLE.c).where(TABLE.c.subject_id == subject.id).order_by(TABLE.c.id)
    return [dict(row) for row in workshop.connection.execute(query).mappings()]


def states(workshop: Workshop, subject: Subject, *, kind: str = RELANCE) -> list[tuple[Any, ...]]:
    return [
        (row["rule"], row["occurrence"], row["due_at"].date(), row["state"])
        for row in rows(workshop, subject)
        if row["kind"] == kind
    ]


def still_open(workshop: Workshop, subject: Subject, kind: str = RELANCE) -> list[tuple[Any, ...]]:
    return [row[:3] for row in states(workshop, subject, kind=kind) if row[3] == PREVUE]


def mark(workshop: Workshop, subject: Subject, occurrence: int, **values: Any) -> None:
    done = workshop.connection.execute(
        update(TABLE)
        .where(TABLE.c.subject_id == subject.id, TABLE.c.occurrence == occurrence)
        .where(TABLE.c.state == PREVUE)
        .values(values)
    )
    assert done.rowcount == 1


@pytest.fixture
def timed(workshop: Workshop) -> Workshop:
    """The workshop with two actions that wait for their time."""
    return Workshop(engine_of(TIMED), workshop.connection)


# --- Moves --------------------------------------------------------------------------------------


def test_entering_a_stage_plans_and_leaving_it_cancels(workshop: Workshop) -> None:
    subject = workshop.receive()
    assert still_open(workshop, subject) == [
        ("demander_le_livre", 1, date(2026, 3, 9)),
        ("demander_le_livre", 2, date(2026, 3, 12)),
    ]
    workshop.move(subject, "secher")
    assert [row[0] for row in still_open(workshop, subject)] == ["tourner_les_pages"] * 3
    workshop.move(subject, "perdre")
    assert still_open(workshop, subject) == []
    assert {row[3] for row in states(workshop, subject)} == {ANNULEE}
    assert all(row["settled_at"] == NOON for row in rows(workshop, subject))


def test_other_books_keep_theirs(workshop: Workshop) -> None:
    subject, other = workshop.receive(), workshop.receive()
    workshop.move(subject, "perdre")
    assert len(still_open(workshop, other)) == 2


def test_moving_on_the_spot_sends_nothing_a_second_time(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.promise(subject, date(2026, 3, 6))
    workshop.move(subject, "relier", values={"cuir": "veau"})
    mark(workshop, subject, 1, state=FAITE)
    workshop.move(subject, "reprendre", at=NOON + timedelta(days=5))
    assert states(workshop, subject)[2:] == [
        ("livre_attendu", 1, date(2026, 3, 4), FAITE),
        ("livre_attendu", 2, date(2026, 3, 6), PREVUE),
        ("livre_attendu", 3, date(2026, 3, 9), PREVUE),
    ]


def test_coming_back_to_a_stage_begins_its_delays_again(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.move(subject, "perdre")
    workshop.move(subject, "retrouver", at=NOON + timedelta(days=30))
    assert still_open(workshop, subject) == [
        ("demander_le_livre", 1, date(2026, 4, 9)),
        ("demander_le_livre", 2, date(2026, 4, 13)),
    ]


def test_a_corrected_move_gives_its_echeances_back_but_not_those_already_sent(
    workshop: Workshop,
) -> None:
    subject = workshop.receive()
    mark(workshop, subject, 1, state=FAITE)
    workshop.move(subject, "secher", at=NOON + timedelta(days=8))
    workshop.move(subject, "corriger", CHIEF, at=NOON + timedelta(days=9))
    assert states(workshop, subject)[:2] == [
        ("demander_le_livre", 1, date(2026, 3, 9), FAITE),
        ("demander_le_livre", 2, date(2026, 3, 12), PREVUE),
    ]
    assert [row[3] for row in states(workshop, subject)[2:]] == [ANNULEE] * 3


# --- Dates that change --------------------------------------------------------------------------


def test_a_date_that_changes_moves_what_hangs_on_it(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.move(subject, "relier", values={"cuir": "veau"})
    assert still_open(workshop, subject) == []
    assert workshop.promise(subject, date(2026, 3, 20))
    assert [row[2] for row in still_open(workshop, subject)] == [
        date(2026, 3, 18),
        date(2026, 3, 20),
        date(2026, 3, 23),
    ]
    assert workshop.promise(subject, date(2026, 3, 27))
    assert [row[2] for row in still_open(workshop, subject)] == [
        date(2026, 3, 25),
        date(2026, 3, 27),
        date(2026, 3, 30),
    ]
    assert not workshop.promise(subject, date(2026, 3, 27))


def test_a_date_that_is_gone_cancels_and_coming_back_plans_again(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.move(subject, "relier", values={"cuir": "veau"})
    for day in (date(2026, 3, 20), None, date(2026, 3, 27), None, date(2026, 4, 3)):
        assert workshop.promise(subject, day)
    assert [row[1:] for row in states(workshop, subject)[2:]] == [
        (1, date(2026, 4, 1), PREVUE),
        (2, date(2026, 4, 3), PREVUE),
        (3, date(2026, 4, 7), PREVUE),
    ]


def test_a_date_moved_into_the_past_sends_nothing_late(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.move(subject, "relier", values={"cuir": "veau"})
    workshop.promise(subject, date(2026, 3, 20))
    workshop.promise(subject, date(2026, 3, 3), at=NOON + timedelta(days=2))
    assert [row[1:] for row in states(workshop, subject)[2:]] == [
        (1, date(2026, 3, 18), ANNULEE),
        (2, date(2026, 3, 20), ANNULEE),
        (3, date(2026, 3, 6), PREVUE),
    ]


@pytest.mark.parametrize(
    "values",
    [{"state": ARRETEE}, {"state": SUSPENDUE}, {"moved_by_hand": True}],
    ids=["stopped", "paused", "moved"],
)
def test_what_was_stopped_paused_or_moved_by_hand_stays(
    workshop: Workshop, values: dict[str, Any]
) -> None:
    subject = workshop.receive()
    workshop.move(subject, "relier", values={"cuir": "veau"})
    workshop.promise(subject, date(2026, 3, 20))
    mark(workshop, subject, 2, **values)
    workshop.promise(subject, date(2026, 3, 27))
    workshop.promise(subject, None)
    assert states(workshop, subject)[3][1:] == (
        2,
        date(2026, 3, 20),
        values.get("state", PREVUE),
    )


def test_what_was_done_for_a_date_is_due_again_for_another(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.move(subject, "relier", values={"cuir": "veau"})
    workshop.promise(subject, date(2026, 3, 20))
    mark(workshop, subject, 1, state=FAITE)
    assert not workshop.promise(subject, date(2026, 3, 20))
    assert states(workshop, subject)[2][1:] == (1, date(2026, 3, 18), FAITE)
    workshop.promise(subject, None)
    assert states(workshop, subject)[2][1:] == (1, date(2026, 3, 18), FAITE)
    workshop.promise(subject, date(2026, 4, 20))
    assert states(workshop, subject)[2][1:] == (1, date(2026, 4, 16), PREVUE)


# --- Timed actions ------------------------------------------------------------------------------


def test_a_timed_action_is_due_after_its_delay_from_the_entry(timed: Workshop) -> None:
    subject = timed.receive()
    assert still_open(timed, subject, ACTION) == [("abandonner", 1, date(2026, 3, 12))]
    timed.move(subject, "secher", at=NOON + timedelta(days=3))
    assert still_open(timed, subject, ACTION) == [("abandonner", 1, date(2026, 3, 16))]
    timed.move(subject, "perdre")
    assert still_open(timed, subject, ACTION) == []


def test_a_timed_action_taken_by_the_system_is_done(timed: Workshop) -> None:
    subject = timed.receive()
    (due,) = echeances.due(timed.connection, ACTION, paris_9(2026, 3, 12), 10)
    assert (due["subject_id"], due["rule"]) == (subject.id, "abandonner")
    timed.move(subject, "abandonner", SYSTEM, at=paris_9(2026, 3, 12))
    assert subject.stage == "perdu"
    assert [row[3] for row in states(timed, subject, kind=ACTION)] == [FAITE]


def test_an_event_restarts_the_delay_and_no_date_undoes_it(timed: Workshop) -> None:
    subject = timed.receive()
    timed.signal(subject, "colle_posee", NOON + timedelta(days=5))
    timed.signal(subject, "colle_posee", NOON + timedelta(days=8))
    expected = [
        ("abandonner", 1, date(2026, 3, 12), ARRETEE),
        ("abandonner", 2, date(2026, 3, 17), ARRETEE),
        ("abandonner", 3, date(2026, 3, 20), PREVUE),
    ]
    assert states(timed, subject, kind=ACTION) == expected
    timed.promise(subject, date(2026, 5, 4), at=NOON + timedelta(days=9))
    assert states(timed, subject, kind=ACTION) == expected


def test_an_event_stops_the_delay_and_no_date_brings_it_back(timed: Workshop) -> None:
    subject = timed.receive()
    timed.signal(subject, "pluie", NOON + timedelta(days=5))
    timed.promise(subject, date(2026, 5, 4), at=NOON + timedelta(days=9))
    assert [row[3] for row in states(timed, subject, kind=ACTION)] == [ARRETEE]
    assert echeances.due(timed.connection, ACTION, NOON + timedelta(days=90), 10) == []
    timed.signal(subject, "colle_posee", NOON + timedelta(days=20))
    assert still_open(timed, subject, ACTION) == [("abandonner", 2, date(2026, 4, 1))]


def test_events_that_an_action_does_not_name_and_reminders_are_left_alone(timed: Workshop) -> None:
    subject = timed.receive()
    before = rows(timed, subject)
    timed.signal(subject, "note_ajoutee", NOON)
    assert rows(timed, subject) == before
    timed.signal(subject, "pluie", NOON)
    assert len(still_open(timed, subject)) == 2


def test_a_stopped_action_is_planned_anew_in_the_next_stage(timed: Workshop) -> None:
    subject = timed.receive()
    timed.signal(subject, "pluie", NOON)
    timed.move(subject, "secher", at=NOON)
    assert still_open(timed, subject, ACTION) == [("abandonner", 1, date(2026, 3, 12))]


def test_an_action_may_wait_for_a_date(timed: Workshop) -> None:
    subject = timed.receive()
    timed.move(subject, "relier", values={"cuir": "veau"})
    assert still_open(timed, subject, ACTION) == []
    timed.promise(subject, date(2026, 3, 20))
    assert still_open(timed, subject, ACTION) == [("livrer", 1, date(2026, 3, 23))]
    timed.promise(subject, date(2026, 2, 20))
    assert still_open(timed, subject, ACTION) == [("livrer", 1, date(2026, 2, 23))]


# --- What is due --------------------------------------------------------------------------------


def test_what_is_due_comes_oldest_first_and_no_more_than_asked(workshop: Workshop) -> None:
    for day in (3, 1, 2):
        workshop.receive(at=NOON + timedelta(days=day))
    later = NOON + timedelta(days=60)
    found = echeances.due(workshop.connection, RELANCE, later, 4)
    assert [row["due_at"] for row in found] == sorted(row["due_at"] for row in found)
    assert [row["subject_id"] for row in found] == [2, 3, 1, 2]
    assert echeances.due(workshop.connection, ACTION, later, 4) == []
    assert echeances.due(workshop.connection, RELANCE, NOON, 4) == []


def test_what_is_due_at_this_very_instant_is_due(workshop: Workshop) -> None:
    workshop.receive()
    assert len(echeances.due(workshop.connection, RELANCE, paris_9(2026, 3, 9), 9)) == 1
    almost = paris_9(2026, 3, 9) - timedelta(microseconds=1)
    assert echeances.due(workshop.connection, RELANCE, almost, 9) == []


@pytest.mark.parametrize("state", [FAITE, SUSPENDUE, ANNULEE, ARRETEE])
def test_what_is_settled_or_paused_is_not_due(workshop: Workshop, state: str) -> None:
    subject = workshop.receive()
    mark(workshop, subject, 1, state=state)
    later = NOON + timedelta(days=60)
    assert [row["occurrence"] for row in echeances.due(workshop.connection, RELANCE, later, 9)] == [
        2
    ]


def test_an_echeance_is_settled_or_tried_again_later(workshop: Workshop) -> None:
    subject = workshop.receive()
    first, second = rows(workshop, subject)
    echeances.settle(workshop.connection, first["id"], FAITE, NOON)
    echeances.postpone(workshop.connection, second["id"], paris_9(2026, 3, 30), date(2026, 3, 30))
    assert states(workshop, subject) == [
        ("demander_le_livre", 1, date(2026, 3, 9), FAITE),
        ("demander_le_livre", 2, date(2026, 3, 30), PREVUE),
    ]


def test_a_state_that_does_not_exist_is_refused_by_the_database(workshop: Workshop) -> None:
    subject = workshop.receive()
    savepoint = workshop.connection.begin_nested()
    with pytest.raises(Exception, match="ck_echeance_state"):
        mark(workshop, subject, 1, state="oubliee")
    savepoint.rollback()
