"""Reminders that were prepared and could not leave: none is sent once its cause is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from grants.dossiers.appointments import meet_on
from grants.dossiers.reading import read_subject
from grants.relances.service import Swept
from grants.relances.taking_back import take_back
from tests.builders.dossiers import Counter
from tests.builders.reminders import mark_all, reminders_sent, somebody, states_of, sweep_at

CONTACT = "contact_sans_rendez_vous"
FIRST = datetime(2026, 4, 2, 7, tzinfo=UTC)
LATER = FIRST + timedelta(hours=2)
LABEL = "Proposer un rendez-vous d’accueil (1 sur 2)"


@pytest.fixture
def two(counter: Counter) -> tuple[int, int]:
    """Two dossiers of one person, reminded together by a letter that waits for the server."""
    ana = somebody(counter)
    dossiers = counter.open(porteur_id=ana), counter.open(porteur_id=ana)
    sweep_at(counter, FIRST)
    mark_all(counter, "pret", subject_line="Bonjour", body_text="Bonjour")
    return dossiers


def meet(counter: Counter, dossier: int) -> None:
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, dossier)
        meet_on(*place, {"rendez_vous": "2026-06-01T10:00"}, counter.now)


def look(counter: Counter, now: datetime) -> int:
    counter.now = now
    return take_back(counter.database, counter.engine, now)


def states(counter: Counter) -> list[str]:
    return [each["state"] for each in reminders_sent(counter)]


def told(counter: Counter, dossier: int) -> str:
    return counter.lines(dossier)[-1].content["texte"]


def test_what_is_still_owed_and_fresh_waits(counter: Counter, two: tuple[int, int]) -> None:
    assert look(counter, LATER) == 0
    assert states(counter) == ["pret"]


def test_what_was_just_prepared_is_not_looked_at(counter: Counter, two: tuple[int, int]) -> None:
    meet(counter, two[0])
    assert look(counter, FIRST + timedelta(minutes=29)) == 0


def test_a_letter_is_taken_back_and_what_is_owed_of_it_is_prepared_anew(
    counter: Counter, two: tuple[int, int]
) -> None:
    gone, owed = two
    meet(counter, gone)
    assert look(counter, LATER) == 1
    assert told(counter, gone) == f"{LABEL}\u00a0: pas encore partie, elle n’a plus lieu d’être."
    assert told(counter, owed).endswith("pas encore partie, elle sera préparée de nouveau.")
    assert sweep_at(counter, LATER) == Swept(letters=1, reminders=1)
    assert states(counter) == ["annule", "prepare"]
    assert [each["subject_id"] for each in reminders_sent(counter)[-1]["rappels"]] == [owed]
    assert states_of(counter, CONTACT, gone) == ["faite", "prevue"]


def test_a_stage_that_was_left_and_come_back_to_is_another_cause(counter: Counter) -> None:
    counter.open()
    sweep_at(counter, FIRST)
    mark_all(counter, "pret", subject_line="Bonjour", body_text="Bonjour")
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    counter.wait(minutes=40)
    counter.do("reactiver", reason="Il revient.")
    assert look(counter, LATER) == 1
    assert sweep_at(counter, LATER) == Swept()


def test_what_waited_for_days_is_prepared_anew(counter: Counter, two: tuple[int, int]) -> None:
    late = FIRST + timedelta(days=5)
    assert look(counter, late) == 1
    assert sweep_at(counter, late) == Swept(letters=1, reminders=2)
    assert states(counter) == ["annule", "prepare"]


def test_what_somebody_sends_by_hand_leaves_as_it_is(
    counter: Counter, two: tuple[int, int]
) -> None:
    mark_all(counter, "pret", validated_by_id=1, validated_by="Zoé")
    meet(counter, two[0])
    assert look(counter, LATER) == 0


@pytest.mark.parametrize("state", ["en_cours", "envoye", "a_completer", "prepare"])
def test_only_what_waits_for_the_server_is_looked_at(
    counter: Counter, two: tuple[int, int], state: str
) -> None:
    mark_all(counter, state)
    meet(counter, two[0])
    assert look(counter, LATER) == 0


def test_a_dossier_that_somebody_is_changing_is_looked_at_later(
    postgresql_counter: Counter,
) -> None:
    counter = postgresql_counter
    counter.open()
    sweep_at(counter, FIRST)
    mark_all(counter, "pret", subject_line="Bonjour", body_text="Bonjour")
    meet(counter, counter.dossier)
    with counter.database.unit_of_work() as session:
        read_subject(
            session.connection(), counter.engine, counter.office.id, counter.dossier, lock=True
        )
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(look, counter, LATER).result(timeout=20) == 0
    assert look(counter, LATER) == 1
