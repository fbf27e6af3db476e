"""What people do to a reminder before it leaves: each told in the journal, none behind a back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grants.dossiers.appointments import meet_on
from grants.dossiers.taches.queries import tasks_of_dossier
from grants.organisation.identity import ReadOnly
from grants.relances import by_hand
from grants.relances.by_hand import ReminderChanged, ReminderOver, Touch
from grants.relances.service import Swept
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, Office
from tests.builders.reminders import due_of, reminders_sent, somebody, states_of, sweep_at
from workflow.echeances_by_hand import version_of
from workflow.errors import Invalid, KeyReused, NotFound, Refused

CONTACT = "contact_sans_rendez_vous"
FIRST = datetime(2026, 4, 2, 7, tzinfo=UTC)
LABEL = "Proposer un rendez-vous d’accueil"
KEY = "un-seul-clic-0123456789"


def touch(counter: Counter, rule: str = CONTACT, occurrence: int = 1, **more: Any) -> Touch:
    found = due_of(counter, rule, occurrence)
    return Touch(counter.dossier, found.id, version_of(found._mapping), **more)


def move(counter: Counter, on: Touch, to: str, by: str = "charge_de_mission") -> bool:
    with counter.database.unit_of_work() as session:
        who = counter.office.identity(by)
        typed = {"relance_le": to}
        return by_hand.move_reminder(session, counter.engine, who, on, typed, counter.now)


def do(counter: Counter, what: str, on: Touch, by: str = "charge_de_mission") -> Any:
    with counter.database.unit_of_work() as session:
        who = counter.office.identity(by)
        return getattr(by_hand, what)(session, counter.engine, who, on, counter.now)


def last(counter: Counter) -> tuple[str, str, str]:
    line = counter.lines()[-1]
    return line.event, line.actor_name, line.content["texte"]


# --- Move ---------------------------------------------------------------------------------------


def test_a_reminder_moved_by_hand_leaves_then(counter: Counter) -> None:
    counter.open()
    assert move(counter, touch(counter), "2026-04-09T10:15")
    moved = datetime(2026, 4, 9, 8, 15, tzinfo=UTC)
    assert (due_of(counter, CONTACT).due_at, due_of(counter, CONTACT).moved_by_hand) == (moved, 1)
    assert last(counter) == (
        "relance_deplacee",
        counter.charge.nom,
        f"{LABEL} (1 sur 2)\u00a0: prévue le 9 avril 2026 à 10\u00a0h\u00a015,"
        " au lieu du 2 avril 2026 à 9\u00a0h.",
    )
    assert sweep_at(counter, moved - timedelta(minutes=1)) == Swept()
    assert sweep_at(counter, moved).letters == 1


def test_moving_it_where_it_is_changes_nothing(counter: Counter) -> None:
    counter.open()
    assert not move(counter, touch(counter), "2026-04-02T09:00")
    assert counter.lines()[-1].event == "ouverture"


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("", "Répondez"),
        ("demain", "Écrivez une date et une heure"),
        ("2026-03-12T09:00", "Ce moment est passé"),
        ("2026-04-05T10:00", "Le premier moment possible est le 7 avril 2026 à 8\u00a0h."),
        ("2026-04-09T19:01", "Le premier moment possible est le 10 avril 2026 à 8\u00a0h."),
        ("2026-04-09T07:59", "Le premier moment possible est le 9 avril 2026 à 8\u00a0h."),
    ],
)
def test_a_moment_when_nothing_may_leave_is_refused(counter: Counter, to: str, told: str) -> None:
    counter.open()
    with pytest.raises(Invalid) as raised:
        move(counter, touch(counter), to)
    assert told in raised.value.faults["relance_le"] or to == ""
    assert due_of(counter, CONTACT).due_at == FIRST


def test_what_announces_a_date_does_not_leave_after_it(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-04-20T10:30")
    with pytest.raises(Invalid) as raised:
        move(counter, touch(counter, "rappel_rendez_vous"), "2026-04-20T10:30")
    assert "Elle annonce le 20 avril 2026" in raised.value.faults["relance_le"]
    assert move(counter, touch(counter, "rappel_rendez_vous"), "2026-04-20T10:29")


# --- Hold, resume, cancel -----------------------------------------------------------------------


def test_a_reminder_that_is_held_waits_until_somebody_resumes_it(counter: Counter) -> None:
    counter.open()
    assert do(counter, "hold_reminder", touch(counter)) == 1
    assert last(counter)[::2] == ("relance_suspendue", f"{LABEL} (1 sur 2)\u00a0: suspendue.")
    assert sweep_at(counter, FIRST) == Swept()
    assert do(counter, "resume_reminder", touch(counter)) == 1
    assert last(counter)[0] == "relance_reprise"
    assert sweep_at(counter, FIRST).letters == 1


def test_a_reminder_that_is_cancelled_never_comes_back(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-04-20T10:30")
    assert do(counter, "cancel_reminder", touch(counter, "rappel_rendez_vous")) == 1
    assert last(counter)[0] == "relance_arretee"
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-05-20T10:30"}, counter.now)
    assert states_of(counter, "rappel_rendez_vous") == ["arretee"]


def test_the_following_ones_too(counter: Counter) -> None:
    counter.take_to("accompagnement")
    second = touch(counter, "pieces_manquantes", 2, following=True)
    assert do(counter, "hold_reminder", second) == 3
    assert states_of(counter, "pieces_manquantes") == ["prevue"] + ["suspendue"] * 3
    assert last(counter)[2].endswith("(4 sur 4)\u00a0: suspendues.")
    third = touch(counter, "pieces_manquantes", 3, following=True)
    assert do(counter, "cancel_reminder", third) == 2
    assert states_of(counter, "pieces_manquantes") == ["prevue", "suspendue", *["arretee"] * 2]


# --- Send now -----------------------------------------------------------------------------------


def test_sent_by_hand_it_leaves_at_once_at_any_hour(counter: Counter) -> None:
    counter.open()
    counter.now = datetime(2026, 3, 15, 20, tzinfo=UTC)  # a Sunday evening
    assert do(counter, "send_now", touch(counter))
    (letter,) = reminders_sent(counter)
    assert (letter["state"], letter["due_at"]) == ("prepare", counter.now)
    assert letter["validated_by"] == counter.charge.nom
    assert last(counter) == (
        "relance_preparee",
        counter.charge.nom,
        f"{LABEL} (1 sur 2)\u00a0: e-mail à Ana Porteuse.",
    )
    assert states_of(counter, CONTACT) == ["faite", "prevue"]
    assert sweep_at(counter, FIRST) == Swept()


def test_sent_by_hand_it_waits_for_none_and_takes_the_day_of_the_others(
    counter: Counter,
) -> None:
    ana = somebody(counter)
    first, second = counter.open(porteur_id=ana), counter.open(porteur_id=ana)
    move(counter, touch(counter), "2026-03-12T15:00")
    counter.dossier = first
    for occurrence in (1, 2):
        assert do(counter, "send_now", touch(counter, CONTACT, occurrence))
    assert [each["subject_id"] for each in reminders_sent(counter)] == [first, first]
    assert sweep_at(counter, datetime(2026, 3, 12, 14, tzinfo=UTC)) == Swept(put_off=1)
    counter.dossier = second
    assert due_of(counter, CONTACT).due_at == datetime(2026, 3, 13, 8, tzinfo=UTC)


def test_a_tache_asked_for_now_is_for_today(counter: Counter) -> None:
    counter.open()
    assert do(counter, "send_now", touch(counter, "contact_a_appeler"))
    with counter.database.reading() as session:
        (task,) = tasks_of_dossier(session.connection(), counter.dossier)
    assert (task.pour_le, task.auteur) == (NOW.date(), counter.charge.nom)


def test_without_its_cause_it_is_refused_with_the_reason(counter: Counter) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-06-01T10:00"}, counter.now)
    with pytest.raises(Refused) as raised:
        do(counter, "send_now", touch(counter))
    assert [each.message for each in raised.value.refusals] == ["Un rendez-vous est déjà fixé."]
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    counter.now = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
    with pytest.raises(Refused) as raised:
        do(counter, "send_now", touch(counter, "rappel_rendez_vous"))
    assert [each.code for each in raised.value.refusals] == ["date_passee"]


@pytest.mark.parametrize("rule", [CONTACT, "contact_a_appeler"])
def test_the_same_click_twice_is_once(counter: Counter, rule: str) -> None:
    counter.open()
    on = touch(counter, rule, key=KEY)
    assert do(counter, "send_now", on)
    assert not do(counter, "send_now", on)
    with pytest.raises(KeyReused):
        do(counter, "hold_reminder", on)
    with pytest.raises(ReminderOver):
        do(counter, "send_now", touch(counter, rule))


# --- Nobody behind anybody's back ---------------------------------------------------------------


@pytest.mark.parametrize(
    "what", ["hold_reminder", "resume_reminder", "cancel_reminder", "send_now"]
)
def test_what_changed_meanwhile_is_told(counter: Counter, what: str) -> None:
    counter.open()
    seen = touch(counter)
    move(counter, seen, "2026-04-09T10:15")
    with pytest.raises(ReminderChanged, match="9 avril 2026 à 10"):
        do(counter, what, seen)
    with pytest.raises(ReminderChanged):
        move(counter, seen, "2026-04-10T10:15")


def test_what_has_left_is_told(counter: Counter) -> None:
    counter.open()
    seen = touch(counter)
    sweep_at(counter, FIRST)
    with pytest.raises(ReminderOver, match=LABEL):
        do(counter, "hold_reminder", seen)


def test_only_a_writer_and_only_here(counter: Counter, other_office: Office) -> None:
    counter.open()
    on = touch(counter)
    with pytest.raises(ReadOnly):
        do(counter, "hold_reminder", on, by="lecteur")
    with pytest.raises(NotFound):
        do(counter, "hold_reminder", Touch(counter.dossier, on.echeance_id + 999))
    other = counter.open()
    with pytest.raises(NotFound):
        do(counter, "hold_reminder", Touch(other, on.echeance_id))
    counter.office = other_office
    with pytest.raises(NotFound):
        do(counter, "hold_reminder", on)


def test_a_timed_action_is_not_a_reminder(counter: Counter) -> None:
    counter.open()
    on = touch(counter)
    with counter.database.unit_of_work() as session:
        session.connection().exec_driver_sql("UPDATE echeance SET kind = 'action'")
    with pytest.raises(NotFound):
        do(counter, "hold_reminder", on)
