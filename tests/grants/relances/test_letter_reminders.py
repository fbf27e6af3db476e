"""Reminders by letter: prepared when they are due, merged, one e-mail a day, never lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import update

from grants.dossiers.appointments import meet_on
from grants.dossiers.reading import read_subject
from grants.dossiers.taches.queries import tasks_of_dossier
from grants.organisation.tables import Organisme
from grants.relances.service import Swept
from tests.builders.dossiers import Counter
from tests.builders.reminders import (
    due_of,
    mark_all,
    reminders_sent,
    somebody,
    states_of,
    suspend,
    sweep_at,
    with_letter,
)
from workflow.database import table_of
from workflow.echeance_table import Echeance

CONTACT = "contact_sans_rendez_vous"
#: Fifteen working days after the 12th of March 2026, at nine in Paris: a Thursday, in summer time.
FIRST = datetime(2026, 4, 2, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def titles(counter: Counter) -> list[str]:
    with counter.database.reading() as session:
        return [task.titre for task in tasks_of_dossier(session.connection(), counter.dossier)]


def said(counter: Counter, dossier: int | None = None) -> list[tuple[str, str]]:
    lines = counter.lines(dossier)
    return [(line.event, line.content.get("texte", "")) for line in lines if line.kind == "fait"]


# --- One reminder -------------------------------------------------------------------------------


def test_a_letter_is_prepared_when_it_is_due_and_not_before(counter: Counter) -> None:
    counter.open()
    assert sweep_at(counter, FIRST - MINUTE) == Swept()
    assert sweep_at(counter, FIRST) == Swept(letters=1, reminders=1)
    (letter,) = reminders_sent(counter)
    assert (letter["letter"], letter["state"], letter["channel"]) == (
        "relance_contact",
        "prepare",
        "courriel",
    )
    assert letter["recipient_name"] == "Ana Porteuse"
    assert (letter["created_at"], letter["due_at"]) == (FIRST, FIRST)
    assert (letter["subject_id"], letter["subject_seq"]) == (counter.dossier, 2)
    (carried,) = letter["rappels"]
    assert (carried["echeance_id"], carried["due_at"]) == (due_of(counter, CONTACT).id, FIRST)
    assert states_of(counter, CONTACT) == ["faite", "prevue"]
    assert sweep_at(counter, FIRST + MINUTE) == Swept()
    assert len(reminders_sent(counter)) == 1


def test_the_journal_of_the_dossier_says_it_in_the_same_transaction(counter: Counter) -> None:
    counter.open()
    sweep_at(counter, FIRST)
    line = counter.lines()[-1]
    assert (line.seq, line.event, line.role, line.actor_id) == (
        2,
        "relance_preparee",
        "systeme",
        None,
    )
    assert said(counter)[-1][1] == (
        "Proposer un rendez-vous d’accueil (1 sur 2)\u00a0: e-mail à Ana Porteuse."
    )


def test_what_the_letter_is_written_from_says_which_reminder_it_is_and_why(
    counter: Counter,
) -> None:
    counter.open(values={"titre": "Un jardin"})
    sweep_at(counter, FIRST)
    context = json.loads(reminders_sent(counter)[0]["context"])
    assert context["dossier"]["titre"] == "Un jardin"
    assert context["relance"] == {
        "numero": 1,
        "sur": 2,
        "cause": "aucun rendez-vous n’est fixé",
        "depuis": "2026-03-12",
    }


def test_a_reminder_dies_with_its_cause(counter: Counter) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-06-01T10:00"}, counter.now)
    before = len(counter.lines())
    assert sweep_at(counter, FIRST) == Swept()
    assert reminders_sent(counter) == []
    assert states_of(counter, CONTACT) == ["annulee", "prevue"]
    assert len(counter.lines()) == before


def test_a_reminder_that_no_rule_knows_any_more_is_cancelled(counter: Counter) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        connection = session.connection()
        first = f"id = {due_of(counter, CONTACT).id}"
        connection.exec_driver_sql(f"UPDATE echeance SET rule = 'ancienne' WHERE {first}")
    assert sweep_at(counter, FIRST) == Swept()
    assert states_of(counter, "ancienne") == ["annulee"]


# --- One e-mail a day ---------------------------------------------------------------------------


def test_what_is_due_together_to_one_person_is_one_letter(counter: Counter) -> None:
    ana = somebody(counter)
    first = counter.open(porteur_id=ana)
    second = counter.open("microprojets", porteur_id=ana)
    other = counter.open()
    assert sweep_at(counter, FIRST) == Swept(letters=2, reminders=3)
    merged, alone = reminders_sent(counter)
    assert [each["subject_id"] for each in merged["rappels"]] == [first, second]
    assert [each["subject_id"] for each in alone["rappels"]] == [other]
    assert merged["title"] == alone["title"]
    assert said(counter, first)[-1][1].endswith("e-mail à Ana Porteuse, avec MP-2026-002.")
    assert said(counter, second)[-1][1].endswith("e-mail à Ana Porteuse, avec MP-2026-001.")
    assert all(json.loads(each["context"])["relance"] for each in merged["rappels"])


def test_two_dispositifs_are_one_letter_too(counter: Counter) -> None:
    ana = somebody(counter)
    counter.open(porteur_id=ana)
    counter.open("iae_porteurs", porteur_id=ana)
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, {"rendez_vous": "2026-04-07T10:00"}, counter.now)
    assert due_of(counter, "rappel_accueil_iae").due_at == FIRST
    assert sweep_at(counter, FIRST).letters == 1
    (letter,) = reminders_sent(counter)
    assert letter["title"] == "Proposition de rendez-vous ; Rappel du rendez-vous d’accueil"
    assert [each["letter"] for each in letter["rappels"]] == [
        "relance_contact",
        "rappel_rendez_vous_iae",
    ]


def test_what_falls_due_later_that_day_waits_for_the_next_opening(counter: Counter) -> None:
    ana = somebody(counter)
    counter.open(porteur_id=ana)
    later = counter.open(porteur_id=ana)
    make_due(counter, FIRST + timedelta(hours=2), dossier=later)
    third = counter.open(porteur_id=ana)
    make_due(counter, datetime(2026, 4, 3, 7, tzinfo=UTC), dossier=third)
    assert sweep_at(counter, FIRST).letters == 1
    assert sweep_at(counter, FIRST + timedelta(hours=2)) == Swept(put_off=1)
    # The Friday before Easter is a working day; the two that are due then are one letter.
    assert due_of(counter, CONTACT, dossier=later).due_at == datetime(2026, 4, 3, 7, tzinfo=UTC)
    mark_all(counter, "envoye", sent_at=FIRST)
    assert sweep_at(counter, datetime(2026, 4, 3, 7, tzinfo=UTC)) == Swept(letters=1, reminders=2)
    assert [each["subject_id"] for each in reminders_sent(counter)[-1]["rappels"]] == [later, third]


def test_a_day_taken_before_a_long_week_end_leads_to_its_end(counter: Counter) -> None:
    ana = somebody(counter)
    saturday = datetime(2026, 4, 4, 8, tzinfo=UTC)
    first, second = counter.open(porteur_id=ana), counter.open(porteur_id=ana)
    make_due(counter, saturday, dossier=first)
    make_due(counter, saturday + timedelta(hours=1), dossier=second)
    assert sweep_at(counter, saturday).letters == 1
    assert sweep_at(counter, saturday + timedelta(hours=1)).put_off == 1
    # After Easter and its Monday.
    assert due_of(counter, CONTACT, dossier=second).due_at == datetime(2026, 4, 7, 7, tzinfo=UTC)


@pytest.mark.parametrize("state", ["prepare", "pret", "en_cours"])
def test_a_reminder_that_has_not_left_yet_holds_the_next_one_back(
    counter: Counter, state: str
) -> None:
    ana = somebody(counter)
    counter.open(porteur_id=ana)
    second = counter.open(porteur_id=ana)
    make_due(counter, FIRST + timedelta(days=5), dossier=second)
    sweep_at(counter, FIRST)
    mark_all(counter, state)
    assert sweep_at(counter, FIRST + timedelta(days=5)).put_off == 1
    mark_all(counter, "echec")
    assert sweep_at(counter, FIRST + timedelta(days=6)).letters == 1


def test_one_that_left_late_counts_on_the_day_it_left(counter: Counter) -> None:
    ana = somebody(counter)
    counter.open(porteur_id=ana)
    second = counter.open(porteur_id=ana)
    next_day = FIRST + timedelta(days=1)
    make_due(counter, next_day + timedelta(hours=1), dossier=second)
    sweep_at(counter, FIRST)
    mark_all(counter, "envoye", sent_at=next_day)
    assert sweep_at(counter, next_day + timedelta(hours=1)).put_off == 1


def make_due(counter: Counter, at: datetime, *, dossier: int) -> None:
    """Behind everybody's back: the first reminder of a contact at that moment."""
    echeance = due_of(counter, CONTACT, dossier=dossier)
    with counter.database.unit_of_work() as session:
        table = table_of(Echeance)
        changed = update(table).where(table.c.id == echeance.id).values(due_at=at)
        session.connection().execute(changed)


# --- When reminders may leave -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("territoire", "now", "opening"),
    [
        ("metropole", datetime(2026, 4, 2, 20, tzinfo=UTC), datetime(2026, 4, 3, 7, tzinfo=UTC)),
        ("metropole", datetime(2026, 4, 5, 9, tzinfo=UTC), datetime(2026, 4, 7, 7, tzinfo=UTC)),
        ("alsace_moselle", FIRST + timedelta(days=1), datetime(2026, 4, 4, 7, tzinfo=UTC)),
        # The night when the hour changes: three o'clock that Sunday, nine on the Monday.
        ("metropole", datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),
    ],
)
def test_nothing_leaves_while_it_may_not(
    counter: Counter, territoire: str, now: datetime, opening: datetime
) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        session.connection().execute(update(table_of(Organisme)).values(territoire=territoire))
    found = sweep_at(counter, now)
    assert (found.letters, reminders_sent(counter)) == (0, [])
    assert due_of(counter, CONTACT).due_at == opening
    assert sweep_at(counter, opening).letters == 1


# --- Without an e-mail --------------------------------------------------------------------------


def test_whoever_has_no_address_is_a_tache_for_the_referent(counter: Counter) -> None:
    counter.open(porteur_id=somebody(counter, email=None))
    assert sweep_at(counter, FIRST) == Swept(tasks=1)
    assert titles(counter) == ["Relancer sans e-mail\u00a0: Proposer un rendez-vous d’accueil"]
    assert states_of(counter, CONTACT) == ["faite", "prevue"]
    assert reminders_sent(counter) == []
    assert said(counter)[-1][0] == "tache_creee"


@pytest.mark.parametrize("reason", ["rebond", "demande"])
def test_a_suspended_address_is_a_tache_too(counter: Counter, reason: str) -> None:
    counter.open(porteur_id=somebody(counter, email="ana@rebond.example"))
    suspend(counter, "ana@rebond.example", reason)
    assert sweep_at(counter, FIRST) == Swept(tasks=1)
    assert reminders_sent(counter) == []


def test_a_letter_that_may_be_printed_is_printed(counter: Counter) -> None:
    counter.engine = with_letter(counter.engine, "relance_contact", channels=("courriel", "papier"))
    counter.open(porteur_id=somebody(counter, email=None))
    assert sweep_at(counter, FIRST) == Swept(letters=1, reminders=1)
    (letter,) = reminders_sent(counter)
    assert (letter["channel"], letter["recipient_email"]) == ("papier", None)
    assert said(counter)[-1][1].endswith("lettre à imprimer pour Ana Porteuse.")


def test_a_dossier_without_any_porteur_is_a_tache(counter: Counter) -> None:
    counter.open(porteur_id=None)
    counter.open(porteur_id=None)
    assert sweep_at(counter, FIRST) == Swept(tasks=2)


# --- After an outage ----------------------------------------------------------------------------


def test_after_an_outage_of_months_only_the_last_reminder_of_a_rule_leaves(
    counter: Counter,
) -> None:
    counter.take_to("accompagnement")
    found = sweep_at(counter, counter.now + timedelta(days=200))
    assert (found.letters, found.reminders, found.dropped) == (1, 1, 3)
    assert states_of(counter, "pieces_manquantes") == ["annulee"] * 3 + ["faite"]
    told = dict(said(counter))
    later = "la suivante est due aussi"
    assert told["relances_annulees"] == (
        f"Pièces à fournir (1 sur 4)\u00a0: {later}\u00a0; "
        f"Pièces à fournir (2 sur 4)\u00a0: {later}\u00a0; "
        f"Pièces à fournir (3 sur 4)\u00a0: {later}."
    )
    assert told["relance_preparee"] == "Pièces à fournir (4 sur 4)\u00a0: e-mail à Ana Porteuse."
    assert found.tasks == 1
    assert sweep_at(counter, counter.now + timedelta(days=200)) == Swept()


def test_the_reminder_of_an_appointment_that_is_past_is_dropped(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    late = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
    assert sweep_at(counter, late) == Swept(dropped=1)
    assert states_of(counter, "rappel_rendez_vous") == ["annulee"]
    assert said(counter)[-1] == (
        "relances_annulees",
        "Rappel du rendez-vous\u00a0: la date annoncée est passée.",
    )


def test_the_reminder_of_an_appointment_of_the_same_morning_still_leaves(
    counter: Counter,
) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert sweep_at(counter, datetime(2026, 3, 20, 9, 29, tzinfo=UTC)).letters == 1


# --- Whoever ticks ------------------------------------------------------------------------------


def test_two_sweeps_at_once_prepare_each_letter_once_and_one_for_each_person(
    counter: Counter,
) -> None:
    people = [somebody(counter) for _ in range(3)]
    dossiers = [counter.open(porteur_id=each) for each in people * 3]
    together = Barrier(2)

    def run(_n: int) -> Swept:
        together.wait()
        return sweep_at(counter, FIRST)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    sweep_at(counter, FIRST)
    sent = reminders_sent(counter)
    assert sorted(each["recipient_id"] for each in sent) == people
    carried = [each["subject_id"] for letter in sent for each in letter["rappels"]]
    assert sorted(carried) == dossiers


def test_whoever_is_changing_a_dossier_is_not_waited_for(postgresql_counter: Counter) -> None:
    counter, ana = postgresql_counter, somebody(postgresql_counter)
    held, also = counter.open(porteur_id=ana), counter.open(porteur_id=ana)
    other = counter.open()
    with counter.database.unit_of_work() as session:
        read_subject(session.connection(), counter.engine, counter.office.id, held, lock=True)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(sweep_at, counter, FIRST).result(timeout=20).letters == 1
    (letter,) = reminders_sent(counter)
    assert letter["subject_id"] == other
    # Neither is told apart from the other: both come in one letter, a minute later.
    assert sweep_at(counter, FIRST + MINUTE) == Swept(letters=1, reminders=2)
    carried = reminders_sent(counter)[-1]["rappels"]
    assert [each["subject_id"] for each in carried] == [held, also]


def test_a_leap_day_is_a_day_like_another(counter: Counter) -> None:
    counter.now = datetime(2028, 2, 8, 9, tzinfo=UTC)
    counter.open()
    assert due_of(counter, CONTACT).due_at.date() == date(2028, 2, 29)
    assert sweep_at(counter, datetime(2028, 2, 29, 8, tzinfo=UTC)).letters == 1
