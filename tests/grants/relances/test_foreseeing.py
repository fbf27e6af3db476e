"""What will be sent on a dossier: told before it is sent, and then sent so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grants.dossiers.appointments import meet_on
from grants.relances.by_hand import Touch, hold_reminder, move_reminder
from grants.relances.foreseeing import Coming, foresee, spread
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW
from tests.builders.reminders import mark_all, reminders_sent, somebody, suspend, sweep_at
from workflow.calendar import next_opening
from workflow.dates import to_paris

CONTACT = "contact_sans_rendez_vous"
FIRST = datetime(2026, 4, 2, 7, tzinfo=UTC)


def coming(counter: Counter, dossier: int | None = None) -> list[Coming]:
    with counter.database.reading() as session:
        subject = counter.read(dossier)
        return foresee(session.connection(), counter.engine, subject, counter.now)


def of_rule(counter: Counter, rule: str, occurrence: int = 1) -> Coming:
    return next(
        each for each in coming(counter) if (each.rule.key, each.occurrence) == (rule, occurrence)
    )


def test_the_whole_stage_is_told_in_order(counter: Counter) -> None:
    counter.open()
    told = [(each.rule.key, each.occurrence, each.way) for each in coming(counter)]
    assert told == [
        (CONTACT, 1, "courriel"),
        (CONTACT, 2, "courriel"),
        ("contact_a_appeler", 1, "tache"),
    ]
    first = coming(counter)[0]
    assert (first.due_at, first.leaves_at, first.state) == (FIRST, FIRST, "prevue")
    assert (first.to, first.why, first.against) == (
        "Ana Porteuse",
        "aucun rendez-vous n’est fixé",
        (),
    )
    assert first.address is not None
    assert first.is_open


def test_what_was_sent_is_still_told_in_its_stage(counter: Counter) -> None:
    counter.open()
    sweep_at(counter, FIRST)
    first = coming(counter)[0]
    assert (first.state, first.leaves_at, first.is_open) == ("faite", None, False)


def test_a_reminder_whose_cause_is_gone_says_why_it_will_not_leave(counter: Counter) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-06-01T10:00"}, counter.now)
    assert of_rule(counter, CONTACT).against == ("Un rendez-vous est déjà fixé.",)


def test_without_an_address_it_is_a_tache(counter: Counter) -> None:
    counter.open(porteur_id=somebody(counter, email=None))
    assert of_rule(counter, CONTACT).way == "tache"
    counter.open(porteur_id=somebody(counter, email="ana@rebond.example"))
    suspend(counter, "ana@rebond.example")
    assert (of_rule(counter, CONTACT).way, of_rule(counter, CONTACT).address) == ("tache", None)


def test_a_date_that_it_hangs_on_is_told(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-04-20T10:30")
    assert of_rule(counter, "rappel_rendez_vous").since == date(2026, 4, 20)


def test_the_others_of_the_same_letter_are_told(counter: Counter) -> None:
    ana = somebody(counter)
    counter.open(porteur_id=ana)
    counter.open(porteur_id=ana)
    assert of_rule(counter, CONTACT).along == ("MP-2026-001",)


def test_a_day_that_is_taken_is_told(counter: Counter) -> None:
    ana = somebody(counter)
    counter.open(porteur_id=ana)
    counter.open(porteur_id=ana)
    later = coming(counter)[0]
    with counter.database.unit_of_work() as session:
        touch, typed = Touch(counter.dossier, later.id), {"relance_le": "2026-04-02T11:00"}
        move_reminder(session, counter.engine, counter.charge, touch, typed, NOW)
    sweep_at(counter, FIRST)
    mark_all(counter, "envoye", sent_at=FIRST)
    told = coming(counter)[0]
    assert told.due_at == FIRST + timedelta(hours=2)
    assert told.leaves_at == datetime(2026, 4, 3, 7, tzinfo=UTC)


def test_one_that_is_held_has_no_moment(counter: Counter) -> None:
    counter.open()
    first = coming(counter)[0]
    with counter.database.unit_of_work() as session:
        touch = Touch(counter.dossier, first.id, first.version)
        hold_reminder(session, counter.engine, counter.charge, touch, counter.now)
    held = coming(counter)[0]
    assert (held.state, held.leaves_at, held.is_open) == ("suspendue", None, True)


MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(st.lists(MOMENTS, max_size=12), MOMENTS, st.booleans())
def test_each_leaves_once_when_it_may_one_day_each(
    dues: list[datetime], now: datetime, taken: bool
) -> None:
    today = to_paris(now).date() if taken else None
    leaves = spread(list(enumerate(dues)), today, now, "metropole")
    assert sorted(leaves) == list(range(len(dues)))
    moments = set(leaves.values())
    days = [to_paris(each).date() for each in moments]
    assert len(set(days)) == len(days)
    for id, moment in leaves.items():
        assert moment >= max(dues[id], now)
        assert next_opening(moment) == moment
    assert not taken or today not in days


def test_it_is_sent_as_it_was_told(counter: Counter) -> None:
    ana = somebody(counter)
    for pipeline in ("microprojets", "microprojets", "iae_porteurs"):
        counter.open(pipeline, porteur_id=ana)
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-04-07T09:00"}, NOW)
    told = {
        (each.rule.key, each.occurrence, dossier): each.leaves_at
        for dossier in (1, 2, counter.dossier)
        for each in coming(counter, dossier)
        if each.way == "courriel"
    }
    for moment in sorted({each for each in told.values() if each}):
        sweep_at(counter, moment)
        mark_all(counter, "envoye", sent_at=moment)
    assert [each["due_at"] for each in reminders_sent(counter)] == sorted(
        {each for each in told.values() if each}
    )
    assert sum(len(each["rappels"]) for each in reminders_sent(counter)) == len(told)
