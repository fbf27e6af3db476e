"""The people of a structure: one personne for one e-mail, whatever she does where."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from grants.organisation.identity import ReadOnly
from grants.organisation.people import PERSONNES, Found
from grants.organisation.tables import Personne
from grants.structures.contacts import (
    ContactLine,
    add_contact,
    contacts_of,
    modify_contact,
    remove_contact,
)
from grants.structures.service import STRUCTURES, create_structure
from tests.builders.offices import NOW, Office
from tests.builders.registers import events, story, unsound
from workflow.database import Database
from workflow.errors import Invalid, KeyReused, NotFound, Stale

LOLA = {"nom": "Lola Esquirol", "email": "lola@example.org", "fonction": "Présidente"}


@pytest.fixture
def structure(database: Database, office: Office) -> int:
    with database.unit_of_work() as session:
        return create_structure(session, office.identity(), {"nom": "Roue libre"}, NOW)


def add(database: Database, office: Office, structure: int, **answers: str) -> Found:
    with database.unit_of_work() as session:
        return add_contact(session, office.identity(), structure, answers, NOW)


def contacts(database: Database, structure: int) -> list[ContactLine]:
    with database.reading() as session:
        return contacts_of(session.connection(), structure)


def test_the_same_form_adds_a_contact_once_even_without_an_address(
    database: Database, office: Office, structure: int
) -> None:
    found = []
    for _twice in range(2):
        with database.unit_of_work() as session:
            place = (session, office.identity(), structure)
            found.append(add_contact(*place, {"nom": "Zoé"}, NOW, "un-formulaire"))
    assert found[0] == found[1]
    assert [line.nom for line in contacts(database, structure)] == ["Zoé"]


def test_a_form_that_did_something_else_adds_nobody(
    database: Database, office: Office, structure: int
) -> None:
    with database.unit_of_work() as session:
        place = (session, office.identity())
        other = create_structure(*place, {"nom": "Roule ma vallée"}, NOW, "un-formulaire")
    with pytest.raises(KeyReused), database.unit_of_work() as session:
        add_contact(session, office.identity(), other, {"nom": "Zoé"}, NOW, "un-formulaire")
    assert contacts(database, structure) == []


def test_a_contact_is_a_personne_with_a_fonction(
    database: Database, office: Office, structure: int
) -> None:
    added = add(database, office, structure, **LOLA)
    (contact,) = contacts(database, structure)
    assert (contact.nom, contact.email, contact.fonction) == (
        "Lola Esquirol",
        "lola@example.org",
        "Présidente",
    )
    assert contact.personne_id == added.id
    assert events(database, STRUCTURES, structure) == ["structure_creee", "contact_ajoute"]
    assert events(database, PERSONNES, added.id) == ["personne_creee"]


def test_the_same_person_in_two_structures_is_one_personne(
    database: Database, office: Office, structure: int
) -> None:
    with database.unit_of_work() as session:
        other = create_structure(session, office.identity(), {"nom": "Sel et savoirs"}, NOW)
    first = add(database, office, structure, **LOLA)
    again = add(database, office, other, nom="L. Esquirol", email="LOLA@example.org")
    assert again == Found(first.id, "Lola Esquirol", created=False, differs=("nom",))
    with database.reading() as session:
        people = select(func.count()).select_from(Personne)
        assert session.connection().execute(people).scalar_one() == 1


def test_nobody_is_twice_a_contact_of_a_structure(
    database: Database, office: Office, structure: int
) -> None:
    add(database, office, structure, **LOLA)
    with pytest.raises(Invalid) as raised:
        add(database, office, structure, **LOLA)
    assert raised.value.faults == {"email": "Lola Esquirol est déjà un contact de cette structure."}


def test_every_fault_of_a_contact_is_named_at_once(
    database: Database, office: Office, structure: int
) -> None:
    with pytest.raises(Invalid) as raised:
        add(database, office, structure, nom="", email="x", telephone="1", fonction="f" * 121)
    assert set(raised.value.faults) == {"nom", "email", "telephone", "fonction"}
    assert not contacts(database, structure)


def test_changing_a_contact_is_told_where_it_belongs(
    database: Database, office: Office, structure: int
) -> None:
    personne = add(database, office, structure, **LOLA).id
    (contact,) = contacts(database, structure)
    form = {**LOLA, "telephone": "04 65 71 40 43", "fonction": "Trésorière"}
    with database.unit_of_work() as session:
        modify_contact(
            session, office.identity(), structure, contact.id, form, NOW, contact.version
        )
    of_structure = story(database, STRUCTURES, structure)[-1].content["champs"]
    of_personne = story(database, PERSONNES, personne)[-1].content["champs"]
    assert of_structure == {"fonction": {"avant": "Présidente", "apres": "Trésorière"}}
    assert of_personne == {"telephone": {"avant": None, "apres": "+33465714043"}}


def test_a_contact_changed_by_somebody_else_meanwhile_is_not_overwritten(
    database: Database, office: Office, structure: int
) -> None:
    add(database, office, structure, **LOLA)
    (contact,) = contacts(database, structure)
    for nom in ("Lola E.", "Lola Esquirol-Roux"):
        with database.unit_of_work() as session:
            form = {**LOLA, "nom": nom}
            if nom == "Lola E.":
                modify_contact(
                    session, office.identity(), structure, contact.id, form, NOW, contact.version
                )
                continue
            with pytest.raises(Stale):
                modify_contact(
                    session, office.identity(), structure, contact.id, form, NOW, contact.version
                )


def test_a_contact_taken_off_stays_known(
    database: Database, office: Office, structure: int
) -> None:
    personne = add(database, office, structure, **LOLA).id
    (contact,) = contacts(database, structure)
    with database.unit_of_work() as session:
        remove_contact(session, office.identity(), structure, contact.id, NOW)
    assert not contacts(database, structure)
    assert events(database, STRUCTURES, structure)[-1] == "contact_retire"
    assert add(database, office, structure, **LOLA).id == personne


def test_a_foreign_contact_does_not_exist(
    database: Database, office: Office, other_office: Office, structure: int
) -> None:
    add(database, office, structure, **LOLA)
    (contact,) = contacts(database, structure)
    with database.unit_of_work() as session:
        for id in (contact.id, 0, 2**70):
            with pytest.raises(NotFound):
                modify_contact(session, other_office.identity(), structure, id, LOLA, NOW)
            with pytest.raises(NotFound):
                remove_contact(session, other_office.identity(), structure, id, NOW)
        with pytest.raises(NotFound):
            add_contact(session, other_office.identity(), structure, LOLA, NOW)


def test_a_lecteur_changes_no_contact(database: Database, office: Office, structure: int) -> None:
    add(database, office, structure, **LOLA)
    (contact,) = contacts(database, structure)
    reader = office.identity("lecteur")
    with database.unit_of_work() as session:
        for refused in (
            lambda: add_contact(session, reader, structure, LOLA, NOW),
            lambda: modify_contact(session, reader, structure, contact.id, LOLA, NOW),
            lambda: remove_contact(session, reader, structure, contact.id, NOW),
        ):
            with pytest.raises(ReadOnly):
                refused()


def test_every_chain_verifies_after_contacts_came_and_went(
    database: Database, office: Office, structure: int
) -> None:
    add(database, office, structure, **LOLA)
    (contact,) = contacts(database, structure)
    with database.unit_of_work() as session:
        remove_contact(session, office.identity(), structure, contact.id, NOW)
        assert not unsound(session.connection())
