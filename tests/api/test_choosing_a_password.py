from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from grants.organisation.colleagues import SharedAccount, invite, join, reset_link
from grants.organisation.founding import found_organisme
from grants.organisation.identity import software
from grants.organisation.links import create_link
from grants.organisation.passwords import password_fault
from grants.organisation.roles import ASSISTANT, DIRECTION
from grants.organisation.tables import Compte, LienPersonnel
from tests.builders.offices import PASSWORD, Office
from tests.builders.visitors import Clock, Visitor
from workflow.database import Database

NEW = "sept lampes allumées"
SENT = {"mot_de_passe": NEW, "confirmation": NEW}


@pytest.fixture
def link(database: Database, office: Office, clock: Clock) -> str:
    """The path of a link that the direction made for the assistant."""
    with database.unit_of_work() as session:
        secret = reset_link(session, office.identity(), office.people[ASSISTANT].id, clock())
    return f"/reinitialisation/{secret}"


def test_a_link_lets_its_owner_choose_a_password_and_come_in(
    visitor: Visitor, office: Office, link: str, new_visitor: Callable[[], Visitor]
) -> None:
    page = visitor.get(link)
    assert page.status_code == 200
    assert office.people[ASSISTANT].email in page.text
    assert visitor.post(link, SENT).headers["location"] == "/"
    assert "Votre mot de passe est enregistré." in visitor.get("/tableau").text
    later = new_visitor()
    assert later.sign_in(office.people[ASSISTANT].email, PASSWORD).status_code == 422
    assert later.sign_in(office.people[ASSISTANT].email, NEW).status_code == 303


def test_looking_does_not_use_a_link_up_and_using_it_does(visitor: Visitor, link: str) -> None:
    for _ in range(3):
        assert visitor.get(link).status_code == 200
    assert visitor.post(link, SENT).status_code == 303
    visitor.client.cookies.clear()
    assert visitor.get(link).status_code == 404
    assert "Ce lien ne sert plus" in visitor.post(link, SENT).text


def test_a_link_dies_after_a_day(visitor: Visitor, link: str, clock: Clock) -> None:
    clock.advance(hours=23, minutes=59)
    assert visitor.get(link).status_code == 200
    clock.advance(minutes=1)
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, SENT).status_code == 404


def test_a_new_link_takes_the_former_one_back(
    visitor: Visitor, office: Office, link: str, database: Database, clock: Clock
) -> None:
    with database.unit_of_work() as session:
        create_link(session, office.people[ASSISTANT].id, clock())
    assert visitor.get(link).status_code == 404


def test_the_database_does_not_know_the_link(link: str, database: Database) -> None:
    secret = link.rpartition("/")[2]
    with database.reading() as session:
        assert secret not in str(session.exec(select(LienPersonnel)).one().model_dump())


def test_choosing_a_password_signs_every_browser_out(
    new_visitor: Callable[[], Visitor], office: Office, link: str
) -> None:
    before, here = new_visitor(), new_visitor()
    before.sign_in(office.people[ASSISTANT].email)
    here.post(link, SENT)
    assert here.is_signed_in()
    assert not before.is_signed_in()


def test_a_refused_password_is_told_why_and_never_sent_back(visitor: Visitor, link: str) -> None:
    short = visitor.post(link, {"mot_de_passe": "court", "confirmation": "court"})
    assert short.status_code == 422
    assert "Il faut au moins 12 caractères" in short.text.replace("\u202f", " ")
    assert 'value="court"' not in short.text
    other = visitor.post(link, {"mot_de_passe": NEW, "confirmation": NEW + "s"})
    assert other.status_code == 422
    assert "Retapez-le" in other.text
    assert visitor.get(link).status_code == 200


def test_a_link_that_never_was_is_a_page_in_french(visitor: Visitor, office: Office) -> None:
    for path in (
        "/reinitialisation/nimporte",
        "/reinitialisation/%C3%A9%FF",
        "/reinitialisation/" + "a" * 5000,
    ):
        assert "Ce lien ne sert plus" in visitor.get(path).text


def test_passwords_are_kept_as_argon2id_only(
    visitor: Visitor, link: str, database: Database
) -> None:
    visitor.post(link, SENT)
    with database.reading() as session:
        kept = [compte.mot_de_passe or "" for compte in session.exec(select(Compte))]
    assert all(each.startswith("$argon2id$") for each in kept)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "Choisissez un mot de passe."),
        ("onze lettre", "ajoutez-en 1."),
        ("x" * 201, "200 caractères au plus"),
        ("ababababababab", "mêmes caractères"),
        ("marie.dupont@aide.example", "votre adresse"),
        ("Marie Dupont 2026", "votre adresse ou votre nom"),
        ("marie.dupont", "votre adresse"),
    ],
)
def test_a_password_too_easy_is_refused_in_one_sentence(password: str, said: str) -> None:
    fault = password_fault(password, email="marie.dupont@aide.example", nom="Marie Dupont")
    assert fault is not None
    assert said in fault


@pytest.mark.parametrize(
    "password", ["trois chevaux bleus", "été à Sète 34!", "marie aime le vélo"]
)
def test_a_suite_of_words_makes_a_good_password(password: str) -> None:
    assert password_fault(password, email="marie.dupont@aide.example", nom="Marie Dupont") is None


def test_accents_typed_another_way_are_the_same_password(
    visitor: Visitor, link: str, office: Office
) -> None:
    visitor.post(
        link, {"mot_de_passe": "été à Sète, bientôt", "confirmation": "été à Sète, bientôt"}
    )
    visitor.client.cookies.clear()
    decomposed = "e\u0301te\u0301 a\u0300 Se\u0300te, biento\u0302t"
    assert visitor.sign_in(office.people[ASSISTANT].email, decomposed).status_code == 303


def test_a_link_for_a_shared_account_is_only_the_servers_to_make(
    database: Database, office: Office, other_office: Office, clock: Clock
) -> None:
    shared = office.people[ASSISTANT]
    with database.unit_of_work() as session:
        join(session, other_office.id, shared.id, ASSISTANT)
    with pytest.raises(SharedAccount), database.unit_of_work() as session:
        reset_link(session, office.identity(), shared.id, clock())
    with database.unit_of_work() as session:
        assert reset_link(session, software(office.id), shared.id, clock())


def test_an_invitation_elsewhere_voids_the_links_made_here(
    visitor: Visitor,
    database: Database,
    office: Office,
    other_office: Office,
    clock: Clock,
    link: str,
) -> None:
    typed = {"nom": "Peu importe", "email": office.people[ASSISTANT].email, "role": ASSISTANT}
    with database.unit_of_work() as session:
        invited = invite(session, other_office.identity(), typed, clock())
    assert invited.secret is None
    assert visitor.get(link).status_code == 404


def test_the_direction_of_a_second_organisme_keeps_its_password(
    visitor: Visitor, database: Database, office: Office, clock: Clock
) -> None:
    typed = {
        "nom": "Second",
        "departements": "30",
        "territoire": "metropole",
        "direction_nom": "Peu importe",
        "direction_email": office.people[DIRECTION].email,
    }
    types = visitor.house.engine.vocabulary.field_types
    with database.unit_of_work() as session:
        founded = found_organisme(session, types, typed, clock(), password_hash="autre chose")
    assert founded.has_password
    assert visitor.sign_in(office.people[DIRECTION].email).status_code == 303
    assert "Second" in visitor.get("/tableau").text
