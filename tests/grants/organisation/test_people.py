"""A personne is one e-mail in one organisme; what is known of her is never overwritten unseen."""

from __future__ import annotations

import threading

import pytest

from grants.organisation.identity import ReadOnly
from grants.organisation.people import (
    PERSONNES,
    Found,
    find_or_create_personne,
    modify_personne,
)
from tests.builders.offices import NOW, Office
from tests.builders.registers import events, row_of, story, unsound
from workflow.database import Database
from workflow.errors import Invalid, NotFound, Stale

PHONE = "04 65 71 40 43"


def found(
    database: Database,
    office: Office,
    nom: str,
    email: str | None = None,
    telephone: str | None = None,
) -> Found:
    with database.unit_of_work() as session:
        return find_or_create_personne(session, office.identity(), nom, email, telephone, NOW)


def test_an_e_mail_is_one_personne_however_it_is_typed(database: Database, office: Office) -> None:
    first = found(database, office, "Lola Esquirol", "Lola@Example.org")
    again = found(database, office, "LOLA  ESQUIROL", " lola@example.org ")
    assert first.created
    assert again == Found(first.id, "Lola Esquirol", created=False)


def test_another_name_for_the_same_e_mail_is_told_and_not_kept(
    database: Database, office: Office
) -> None:
    id = found(database, office, "Lola Esquirol", "lola@example.org").id
    again = found(database, office, "Paul Esquirol", "lola@example.org")
    assert again.differs == ("nom",)
    assert row_of(database, PERSONNES, office.id, id)["nom"] == "Lola Esquirol"


def test_a_telephone_that_was_missing_is_added_and_journaled(
    database: Database, office: Office
) -> None:
    id = found(database, office, "Lola Esquirol", "lola@example.org").id
    found(database, office, "Lola Esquirol", "lola@example.org", PHONE)
    assert row_of(database, PERSONNES, office.id, id)["telephone"] == "+33465714043"
    assert events(database, PERSONNES, id) == ["personne_creee", "personne_modifiee"]


def test_a_civilite_is_one_of_two_or_nothing(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        who, email = office.identity(), "lola@example.org"
        id = find_or_create_personne(session, who, "Lola Esquirol", email, None, NOW).id
        again = find_or_create_personne(session, who, "Lola Esquirol", email, None, NOW, "madame")
        other = find_or_create_personne(session, who, "Lola Esquirol", email, None, NOW, "monsieur")
        with pytest.raises(Invalid) as refused:
            find_or_create_personne(session, who, "Zoé", "zoe@example.org", None, NOW, "docteur")
    assert (again.differs, other.differs) == ((), ("civilite",))
    assert set(refused.value.faults) == {"civilite"}
    assert row_of(database, PERSONNES, office.id, id)["civilite"] == "madame"
    assert events(database, PERSONNES, id) == ["personne_creee", "personne_modifiee"]


def test_another_telephone_is_told_and_not_kept(database: Database, office: Office) -> None:
    id = found(database, office, "Lola Esquirol", "lola@example.org", PHONE).id
    again = found(database, office, "Lola Esquirol", "lola@example.org", "04 65 71 40 99")
    assert again.differs == ("telephone",)
    assert row_of(database, PERSONNES, office.id, id)["telephone"] == "+33465714043"


def test_without_an_e_mail_the_same_name_and_telephone_are_one_personne(
    database: Database, office: Office
) -> None:
    first = found(database, office, "Lola Esquirol", telephone=PHONE)
    assert found(database, office, "lola esquirol", telephone="+33 4 65 71 40 43").id == first.id
    assert found(database, office, "Paul Esquirol", telephone=PHONE).created


def test_without_e_mail_nor_telephone_two_people_may_share_a_name(
    database: Database, office: Office
) -> None:
    ids = {found(database, office, "Jean Martin").id for _ in range(2)}
    assert len(ids) == 2


def test_two_organismes_know_the_same_person_apart(
    database: Database, office: Office, other_office: Office
) -> None:
    mine = found(database, office, "Lola Esquirol", "lola@example.org")
    theirs = found(database, other_office, "Lola Esquirol", "lola@example.org")
    assert theirs.created
    assert theirs.id != mine.id


def test_every_fault_is_named_at_once_and_nothing_is_written(
    database: Database, office: Office
) -> None:
    with pytest.raises(Invalid) as raised:
        found(database, office, "", "lola@", "12")
    assert set(raised.value.faults) == {"nom", "email", "telephone"}


def test_eight_people_recording_the_same_e_mail_at_once_make_one_personne(
    database: Database, office: Office
) -> None:
    people: list[Found] = []

    def record() -> None:
        people.append(found(database, office, "Lola Esquirol", "lola@example.org"))

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(people) == 8
    assert len({each.id for each in people}) == 1
    assert [each.created for each in people].count(True) == 1


def test_a_changed_e_mail_is_journaled_and_stays_unique(database: Database, office: Office) -> None:
    id = found(database, office, "Lola Esquirol", "lola@example.org").id
    found(database, office, "Paul Roux", "paul@example.org")
    form = {"nom": "Lola Esquirol", "email": "lola@roue.example"}
    with database.unit_of_work() as session:
        assert modify_personne(session, office.identity(), id, form, NOW)
        with pytest.raises(Invalid) as raised:
            modify_personne(
                session, office.identity(), id, {**form, "email": "Paul@example.org"}, NOW
            )
    assert raised.value.faults == {"email": "Cette adresse est déjà celle de Paul Roux."}
    assert story(database, PERSONNES, id)[-1].content["champs"] == {
        "email": {"avant": "lola@example.org", "apres": "lola@roue.example"}
    }


def test_who_may_not_change_a_personne(
    database: Database, office: Office, other_office: Office
) -> None:
    id = found(database, office, "Lola Esquirol", "lola@example.org").id
    form = {"nom": "Lola"}
    with database.unit_of_work() as session:
        with pytest.raises(NotFound):
            modify_personne(session, other_office.identity(), id, form, NOW)
        with pytest.raises(ReadOnly):
            modify_personne(session, office.identity("lecteur"), id, form, NOW)
        with pytest.raises(ReadOnly):
            find_or_create_personne(session, office.identity("lecteur"), "Lola", None, None, NOW)
        with pytest.raises(Stale):
            modify_personne(session, office.identity(), id, form, NOW, version=0)
        assert not unsound(session.connection())
