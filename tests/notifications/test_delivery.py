"""Letters sent one by one: each once, tried again, given up, held to its hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications import claims
from notifications.cadence import PAUSES, pace_of
from notifications.delivery import NotNoted, deliver
from notifications.outbox import Occasion, cancel_of_move
from notifications.outcomes import WAITS
from notifications.suspensions import (
    DEMANDE,
    RAPPELS,
    REBOND,
    Suspension,
    lift,
    suspend,
    suspension_of,
)
from notifications.transports import Answer, Parcel
from tests.builders.courriers import NOW, TENANT, frozen_row, put, read, states
from tests.builders.post_offices import Desk
from workflow.database import Database
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseGone

GREYLISTED = Answer("plus_tard", "450 4.2.0 Greylisted")
CLOSED = Answer("ferme", "smtp.exemple.fr:587 ne répond pas à temps")
GONE = Answer("refuse", "550 5.1.1 No such user", no_mailbox=True)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_each_letter_leaves_once_and_is_noted(desk: Desk) -> None:
    ids = put(desk.database, *(frozen_row(n) for n in (1, 2, 3)))
    assert claims.look(desk.database, NOW) == (False, True)

    assert desk.deliver() == 3
    assert desk.deliver() == 0

    assert desk.received == [f"anne{n}@example.org" for n in (1, 2, 3)]
    assert desk.told.lines == [("envoyé", id) for id in ids]
    row = read(desk.database, ids[0])
    assert (row["state"], row["sent_at"], row["attempts"]) == ("envoye", NOW, 1)
    assert (row["answer"], row["leased_until"]) == ("250 2.0.0 OK", None)
    assert claims.look(desk.database, NOW) == (False, False)


def test_neither_paper_nor_what_is_due_later_nor_cancelled_leaves(desk: Desk) -> None:
    put(
        desk.database,
        frozen_row(1, channel="papier"),
        frozen_row(2, due_at=NOW + timedelta(seconds=1)),
        frozen_row(3, state="annule"),
        frozen_row(4, state="a_valider"),
    )
    assert claims.look(desk.database, NOW) == (False, False)
    assert desk.deliver() == 0
    desk.hands.forward(seconds=1)
    assert desk.deliver() == 1
    assert desk.received == ["anne2@example.org"]


def test_what_may_pass_later_is_tried_at_growing_delays_then_given_up(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))
    desk.answers["anne1@example.org"] = GREYLISTED
    for number, wait in enumerate(WAITS, start=1):
        assert desk.deliver() == 0
        row = read(desk.database, id)
        assert (row["state"], row["attempts"]) == ("pret", number)
        assert (row["answer"], row["due_at"]) == (GREYLISTED.text, desk.hands.now + wait)
        desk.hands.now = row["due_at"] - timedelta(seconds=1)
        assert desk.deliver() == 0
        assert len(desk.asked) == number
        desk.hands.forward(seconds=1)
    assert list(WAITS) == sorted(WAITS)
    assert timedelta(days=3) < sum(WAITS, timedelta()) < timedelta(days=4)

    assert desk.deliver() == 0
    row = read(desk.database, id)
    assert row["state"] == "echec"
    assert row["answer"] == f"Abandonné après {len(WAITS) + 1} essais : {GREYLISTED.text}"
    assert desk.told.lines == [("échec", id, row["answer"])]


def test_a_refusal_is_final_told_and_suspends_the_mailbox(desk: Desk) -> None:
    (first,) = put(desk.database, frozen_row(1))
    desk.answers["anne1@example.org"] = GONE
    assert desk.deliver() == 0
    assert read(desk.database, first)["state"] == "echec"
    assert desk.told.lines == [
        ("échec", first, GONE.text),
        ("suspendue", "anne1@example.org", REBOND),
    ]
    # The next letter does not even try; once the address is written to again, it leaves.
    again = {"subject_seq": 20, "recipient_email": "Anne1@Example.org"}
    (second,) = put(desk.database, frozen_row(1, **again))
    assert desk.deliver() == 0
    assert desk.asked == ["anne1@example.org"]
    assert "Adresse refusée par son serveur" in read(desk.database, second)["answer"]
    with desk.database.unit_of_work() as session:
        assert lift(session.connection(), TENANT, "anne1@example.org")
    desk.answers.clear()
    put(desk.database, frozen_row(1, subject_seq=21))
    assert desk.deliver() == 1


def test_a_refusal_of_the_message_alone_suspends_nobody(desk: Desk) -> None:
    put(desk.database, frozen_row(1))
    desk.answers["anne1@example.org"] = Answer("refuse", "554 5.7.1 Looks like spam")
    desk.deliver()
    with desk.database.reading() as session:
        assert suspension_of(session.connection(), TENANT, "anne1@example.org") is None


def test_who_wants_no_reminder_still_gets_letters(desk: Desk) -> None:
    reminder, letter = put(
        desk.database, frozen_row(1, reminder=True), frozen_row(1, subject_seq=2)
    )
    asked = Suspension("anne1@example.org", RAPPELS, "Par le lien", NOW, "Anne Essai 1")
    with desk.database.unit_of_work() as session:
        assert suspend(session.connection(), TENANT, asked)
    assert desk.deliver() == 1
    assert states(desk.database) == {reminder: "annule", letter: "envoye"}
    assert desk.told.lines == [("envoyé", letter)]  # a reminder that is not wanted troubles nobody


def test_who_wants_no_e_mail_gets_none_and_elsewhere_is_elsewhere(desk: Desk) -> None:
    here, elsewhere = put(
        desk.database, frozen_row(1), frozen_row(1, tenant_id=TENANT + 1, subject_id=8)
    )
    asked = Suspension("anne1@example.org", DEMANDE, "", NOW, "Claire Fontaine")
    with desk.database.unit_of_work() as session:
        assert suspend(session.connection(), TENANT, asked)
        lighter = replace(asked, reason=RAPPELS)
        assert not suspend(session.connection(), TENANT, lighter)
    assert desk.deliver() == 1
    assert states(desk.database) == {here: "echec", elsewhere: "envoye"}


def test_a_server_that_fails_is_left_alone_longer_each_time_and_costs_no_letter_an_attempt(
    desk: Desk,
) -> None:
    ids = put(desk.database, *(frozen_row(n) for n in (1, 2, 3)))
    for n in (1, 2, 3):
        desk.answers[f"anne{n}@example.org"] = CLOSED
    for number, pause in enumerate([*PAUSES, PAUSES[-1]], start=1):
        assert desk.deliver() == 0
        assert len(desk.asked) == number  # one letter probes for all
        desk.hands.now += pause - timedelta(seconds=1)
        assert desk.deliver() == 0
        assert len(desk.asked) == number
        desk.hands.forward(seconds=1)
    assert len(set(desk.asked)) == 3  # and not always the same one
    with desk.database.reading() as session:
        pace = pace_of(session.connection())
    assert (pace.faults, pace.fault, pace.since) == (len(PAUSES) + 1, CLOSED.text, NOW)

    desk.answers.clear()
    assert desk.deliver() == 3
    assert {read(desk.database, id)["attempts"] for id in ids} == {1}
    with desk.database.reading() as session:
        assert pace_of(session.connection()).faults == 0


def test_no_more_leave_in_a_minute_than_the_limit_whoever_sends(database: Database) -> None:
    one, two = (Desk(database, per_minute=5) for _ in range(2))
    for each in (one, two):
        each.transport.metered = True
    put(database, *(frozen_row(n) for n in range(1, 13)))
    assert one.deliver() == 5
    assert two.deliver() == 0
    for each in (one, two):
        each.hands.forward(seconds=59)
    assert two.deliver() == 0
    for each in (one, two):
        each.hands.forward(seconds=1)
    assert two.deliver() == 5
    assert one.deliver() == 0
    one.hands.forward(hours=-1)  # a clock that goes back frees what it dated in its future
    put(database, frozen_row(20, due_at=NOW - timedelta(hours=2)))
    assert one.deliver() == 1


def test_letters_leave_before_reminders(desk: Desk) -> None:
    desk.office = replace(desk.office, per_minute=1)
    desk.transport.metered = True
    put(desk.database, frozen_row(1, reminder=True), frozen_row(2))
    assert desk.deliver() == 1
    assert desk.received == ["anne2@example.org"]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 3, 12, 18, 30, tzinfo=UTC), date(2026, 3, 13)),  # after 19:00 in Paris
        (datetime(2026, 3, 14, 22, 0, tzinfo=UTC), date(2026, 3, 16)),  # a Saturday night
        (datetime(2026, 4, 6, 9, 0, tzinfo=UTC), date(2026, 4, 7)),  # Easter Monday
    ],
)
def test_a_reminder_keeps_its_hours_and_a_letter_does_not(
    desk: Desk, now: datetime, then: date
) -> None:
    reminder, by_hand, letter = put(
        desk.database,
        frozen_row(1, reminder=True, created_at=now, due_at=now),
        frozen_row(2, reminder=True, created_at=now, due_at=now, validated_by_id=3),
        frozen_row(3, created_at=now, due_at=now),
    )
    desk.hands.now = now
    assert desk.deliver() == 2
    row = read(desk.database, reminder)
    assert (row["state"], row["attempts"], row["due_at"].date()) == ("pret", 0, then)
    assert states(desk.database)[by_hand] == states(desk.database)[letter] == "envoye"
    desk.hands.now = row["due_at"]
    assert desk.deliver() == 1


def test_a_retry_of_a_reminder_keeps_its_hours_too(desk: Desk) -> None:
    now = datetime(2026, 3, 12, 17, 59, 30, tzinfo=UTC)  # half a minute before 19:00 in Paris
    (id,) = put(desk.database, frozen_row(1, reminder=True, created_at=now, due_at=now))
    desk.answers["anne1@example.org"] = GREYLISTED
    desk.hands.now = now
    desk.deliver()
    assert read(desk.database, id)["due_at"] == datetime(2026, 3, 13, 7, 0, tzinfo=UTC)


def test_what_a_dead_process_left_is_taken_over_when_its_lease_is_over(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))
    taken = claims.claim(desk.database, NOW, desk.office.lease, None)
    assert taken is not None
    assert desk.deliver() == 0  # it may still be at work
    desk.hands.now = NOW + desk.office.lease
    assert claims.look(desk.database, desk.hands.now) == (False, True)
    assert desk.deliver() == 1
    assert read(desk.database, id)["attempts"] == 2


def test_a_move_taken_back_stops_what_a_dead_process_was_sending(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))
    assert claims.claim(desk.database, NOW, desk.office.lease, None)
    take_back(desk.database)
    desk.hands.now = NOW + desk.office.lease
    assert desk.deliver() == 0
    assert states(desk.database)[id] == "annule"


def test_a_letter_that_left_while_its_move_was_taken_back_is_noted_as_sent(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))

    def answer(_parcel: Parcel) -> Answer:
        take_back(desk.database)
        return Answer("accepte", "250 OK")

    desk.transport.answer = answer
    assert desk.deliver() == 1
    assert states(desk.database)[id] == "envoye"


def take_back(database: Database) -> None:
    with database.unit_of_work() as session:
        occasion = Occasion(TENANT, "dossier", 7, 2, NOW)
        assert cancel_of_move(session.connection(), occasion, 1) == 1


def test_a_letter_that_kills_its_process_each_time_is_given_up(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))
    for _ in range(len(WAITS) + 1):
        assert claims.claim(desk.database, desk.hands.now, desk.office.lease, None)
        desk.hands.now += desk.office.lease
    assert desk.deliver() == 0
    assert desk.asked == []
    assert states(desk.database)[id] == "echec"


def test_whoever_comes_back_too_late_changes_nothing(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))
    late = claims.claim(desk.database, NOW, desk.office.lease, None)
    assert late is not None
    desk.hands.now = NOW + desk.office.lease
    assert desk.deliver() == 1
    with desk.database.unit_of_work() as session:
        assert not claims.settle(session.connection(), late, {"state": "echec"})
        assert not claims.settle_sent(session.connection(), late, {"state": "envoye"})
    assert states(desk.database)[id] == "envoye"


def test_a_letter_that_left_is_noted_whatever_others_make_of_it(desk: Desk) -> None:
    (id,) = put(desk.database, frozen_row(1))
    desk.told.fault = RuntimeError("the journal broke")
    assert desk.deliver() == 1
    assert states(desk.database)[id] == "envoye"
    assert desk.deliver() == 0


def test_a_letter_that_left_is_noted_as_soon_as_the_database_can(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk.database, frozen_row(1), frozen_row(2))
    waited: list[float] = []
    write, faults = claims.settle_sent, [DatabaseGone(), DatabaseBusy(), DatabaseFull()]

    def failing(*given: Any) -> bool:
        if faults:
            raise faults.pop()
        return write(*given)

    monkeypatch.setattr(claims, "settle_sent", failing)
    desk.office = replace(desk.office, sleep=waited.append)
    assert desk.deliver() == 2
    assert desk.received == ["anne1@example.org", "anne2@example.org"]
    assert waited == [0.0, 0.5, 1.0]
    assert set(states(desk.database).values()) == {"envoye"}


def test_a_database_that_notes_nothing_any_more_lets_nothing_else_leave(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk.database, frozen_row(1), frozen_row(2))
    waited: list[float] = []

    def failing(*_given: Any) -> bool:
        raise DatabaseFull

    monkeypatch.setattr(claims, "settle_sent", failing)
    desk.office = replace(desk.office, sleep=waited.append)
    with pytest.raises(NotNoted):
        desk.deliver()
    assert desk.received == ["anne1@example.org"]
    assert sum(waited) >= desk.office.lease.total_seconds()


def test_one_letter_that_breaks_does_not_hold_the_others_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = put(desk.database, *(frozen_row(n) for n in (1, 2, 3)))
    with desk.database.unit_of_work() as session:
        from sqlalchemy import text

        connection = session.connection()
        connection.execute(text(f"UPDATE courrier SET context = '[' WHERE id = {first}"))
        wrong = "recipient_email = 'a@b.fr, c@d.fr'"
        connection.execute(text(f"UPDATE courrier SET {wrong} WHERE id = {second}"))
    assert desk.deliver() == 1
    assert states(desk.database) == {first: "pret", second: "echec", third: "envoye"}
    assert read(desk.database, first)["answer"] == "Erreur du logiciel (JSONDecodeError)"
    assert "une seule adresse" in read(desk.database, second)["answer"]
    assert desk.received == ["anne3@example.org"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_moved_by_an_hour_loses_and_doubles_nothing(desk: Desk, hours: int) -> None:
    put(desk.database, *(frozen_row(n) for n in (1, 2)))
    desk.answers["anne2@example.org"] = GREYLISTED
    assert desk.deliver() == 1
    desk.hands.forward(hours=hours)
    desk.deliver()
    desk.answers.clear()
    desk.hands.forward(hours=2)
    desk.deliver()
    assert sorted(desk.received) == ["anne1@example.org", "anne2@example.org"]


def test_a_tick_ends_after_a_while_and_the_next_goes_on(desk: Desk) -> None:
    put(desk.database, frozen_row(1))
    assert deliver(desk.database, desk.office, desk.hands, seconds=0.0) == 0
    assert desk.deliver() == 1
