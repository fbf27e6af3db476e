from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from api.schema import JOURNAL_OWNERS
from grants.organisation.accounts import Colleague, list_colleagues
from grants.organisation.colleagues import (
    LastDirection,
    change_role,
    give_access_back,
    invite,
    join,
    reset_link,
    take_access,
)
from grants.organisation.identity import DirectionOnly, software
from grants.organisation.roles import ASSISTANT, CHARGE_DE_MISSION, DIRECTION, LECTEUR
from tests.builders.offices import NOW, Office
from workflow.database import Database, table_of
from workflow.errors import Invalid, NotFound
from workflow.journal_check import verify
from workflow.journal_tables import JournalEntry

INVITED = {"nom": "Léa Brun", "email": "Lea.Brun@Aide34.example", "role": ASSISTANT}


def colleagues(database: Database, office: Office) -> dict[str, Colleague]:
    with database.reading() as session:
        return {each.email: each for each in list_colleagues(session.connection(), office.id)}


def events(database: Database, office: Office) -> list[str]:
    journal = table_of(JournalEntry)
    query = select(journal.c.event).where(
        journal.c.subject_kind == "organisme", journal.c.subject_id == office.id
    )
    with database.reading() as session:
        connection = session.connection()
        assert verify(connection, JOURNAL_OWNERS).sound
        return list(connection.execute(query.order_by(journal.c.seq)).scalars())


def test_a_colleague_is_invited_by_a_link_and_waits_for_his_password(
    database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        invited = invite(session, office.identity(), INVITED, NOW)
    assert invited.secret
    assert invited.email == "lea.brun@aide34.example"
    found = colleagues(database, office)[invited.email]
    assert (found.role, found.active, found.joined) == (ASSISTANT, True, False)
    assert events(database, office)[-1] == "compte_invite"


def test_an_invitation_tells_every_fault_at_once(database: Database, office: Office) -> None:
    typed = {"nom": "", "email": "léa", "role": "patron", "autre": "x"}
    with pytest.raises(Invalid) as error, database.unit_of_work() as session:
        invite(session, office.identity(), typed, NOW)
    assert sorted(error.value.faults) == ["autre", "email", "nom", "role"]


def test_nobody_is_invited_twice(database: Database, office: Office) -> None:
    typed = {**INVITED, "email": office.people[LECTEUR].email}
    with pytest.raises(Invalid, match="à corriger") as error, database.unit_of_work() as session:
        invite(session, office.identity(), typed, NOW)
    assert "déjà accès" in error.value.faults["email"]


def test_somebody_of_another_organisme_comes_with_his_own_password(
    database: Database, office: Office, other_office: Office
) -> None:
    known = other_office.people[ASSISTANT]
    with database.unit_of_work() as session:
        invited = invite(session, office.identity(), {**INVITED, "email": known.email}, NOW)
    assert (invited.compte_id, invited.nom, invited.secret) == (known.id, known.nom, None)
    assert colleagues(database, office)[known.email].elsewhere


def test_an_invitation_still_open_elsewhere_is_waited_for(
    database: Database, office: Office, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        invite(session, other_office.identity(), INVITED, NOW)
    with pytest.raises(Invalid) as error, database.unit_of_work() as session:
        invite(session, office.identity(), INVITED, NOW)
    assert "pas encore choisi son mot de passe" in error.value.faults["email"]


def test_a_role_is_changed_with_both_values_in_the_journal(
    database: Database, office: Office
) -> None:
    compte_id = office.people[ASSISTANT].id
    with database.unit_of_work() as session:
        assert change_role(session, office.identity(), compte_id, CHARGE_DE_MISSION, NOW)
        assert not change_role(session, office.identity(), compte_id, CHARGE_DE_MISSION, NOW)
    assert colleagues(database, office)[office.people[ASSISTANT].email].role == CHARGE_DE_MISSION
    assert events(database, office).count("role_change") == 1


@pytest.mark.parametrize("role", ["", "patron", None, ["direction", "lecteur"]])
def test_a_role_that_does_not_exist_is_refused(
    database: Database, office: Office, role: str | list[str] | None
) -> None:
    with pytest.raises(Invalid), database.unit_of_work() as session:
        change_role(session, office.identity(), office.people[ASSISTANT].id, role, NOW)


def test_an_access_is_taken_away_and_given_back(database: Database, office: Office) -> None:
    person = office.people[CHARGE_DE_MISSION]
    with database.unit_of_work() as session:
        assert take_access(session, office.identity(), person.id, NOW)
        assert not take_access(session, office.identity(), person.id, NOW)
    assert not colleagues(database, office)[person.email].active
    with pytest.raises(Invalid) as error, database.unit_of_work() as session:
        invite(session, office.identity(), {**INVITED, "email": person.email}, NOW)
    assert "rendez-le-lui" in error.value.faults["email"]
    with database.unit_of_work() as session:
        assert give_access_back(session, office.identity(), person.id, NOW)
    assert colleagues(database, office)[person.email].active
    assert events(database, office)[-2:] == ["acces_retire", "acces_rendu"]


def test_the_last_direction_can_neither_leave_nor_be_demoted(
    database: Database, office: Office
) -> None:
    last = office.people[DIRECTION].id
    with pytest.raises(LastDirection), database.unit_of_work() as session:
        take_access(session, office.identity(), last, NOW)
    with pytest.raises(LastDirection), database.unit_of_work() as session:
        change_role(session, office.identity(), last, LECTEUR, NOW)
    with pytest.raises(LastDirection), database.unit_of_work() as session:
        change_role(session, software(office.id), last, LECTEUR, NOW)


def test_a_direction_whose_access_was_taken_does_not_count(
    database: Database, office: Office
) -> None:
    second = office.people[ASSISTANT].id
    with database.unit_of_work() as session:
        change_role(session, office.identity(), second, DIRECTION, NOW)
        take_access(session, office.identity(), second, NOW)
    with pytest.raises(LastDirection), database.unit_of_work() as session:
        take_access(session, office.identity(), office.people[DIRECTION].id, NOW)


def test_two_directions_who_remove_each_other_at_once_leave_one(
    database: Database, office: Office
) -> None:
    first, second = office.people[DIRECTION].id, office.people[ASSISTANT].id
    with database.unit_of_work() as session:
        change_role(session, office.identity(), second, DIRECTION, NOW)
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def remove(compte_id: int) -> None:
        together.wait()
        try:
            with database.unit_of_work() as session:
                take_access(session, office.identity(), compte_id, NOW)
        except LastDirection:
            outcomes.append("refused")
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=remove, args=(id,)) for id in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    left = [each for each in colleagues(database, office).values() if each.role == DIRECTION]
    assert [each.active for each in left] == [True, False]


@pytest.mark.parametrize("role", [CHARGE_DE_MISSION, ASSISTANT, LECTEUR])
def test_only_the_direction_deals_with_people(
    database: Database, office: Office, role: str
) -> None:
    identity, other = office.identity(role), office.people[LECTEUR].id
    attempts = [
        lambda session: invite(session, identity, INVITED, NOW),
        lambda session: change_role(session, identity, other, DIRECTION, NOW),
        lambda session: take_access(session, identity, other, NOW),
        lambda session: give_access_back(session, identity, other, NOW),
        lambda session: reset_link(session, identity, other, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(DirectionOnly), database.unit_of_work() as session:
            attempt(session)


def test_people_of_another_organisme_are_out_of_reach(
    database: Database, office: Office, other_office: Office
) -> None:
    identity, stranger = office.identity(), other_office.people[ASSISTANT].id
    attempts = [
        lambda session, id: change_role(session, identity, id, DIRECTION, NOW),
        lambda session, id: take_access(session, identity, id, NOW),
        lambda session, id: give_access_back(session, identity, id, NOW),
        lambda session, id: reset_link(session, identity, id, NOW),
    ]
    for attempt in attempts:
        for id in (stranger, 0, -1, 2**63, 10**30):
            with pytest.raises(NotFound), database.unit_of_work() as session:
                attempt(session, id)


def test_leaving_one_organisme_leaves_the_other_as_it_was(
    database: Database, office: Office, other_office: Office
) -> None:
    person = office.people[LECTEUR]
    with database.unit_of_work() as session:
        join(session, other_office.id, person.id, LECTEUR)
        take_access(session, office.identity(), person.id, NOW)
    assert not colleagues(database, office)[person.email].active
    assert colleagues(database, other_office)[person.email].active
