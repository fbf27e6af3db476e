from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import quote

import pytest
from sqlmodel import select

from grants.organisation.accounts import Account
from grants.organisation.attempts import TooManyAttempts, by_address, by_email, count_attempt
from grants.organisation.colleagues import join, take_access
from grants.organisation.connexions import digest_of
from grants.organisation.roles import ASSISTANT, DIRECTION, LECTEUR
from grants.organisation.tables import Connexion, TentativeConnexion
from tests.builders.offices import Office
from tests.builders.visitors import Clock, Visitor
from workflow.database import Database

WRONG = "Cette adresse et ce mot de passe ne vont pas ensemble."


def direction(office: Office) -> Account:
    return office.people[DIRECTION]


def test_the_right_password_leads_to_the_board(visitor: Visitor, office: Office) -> None:
    answer = visitor.sign_in(direction(office).email)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.is_signed_in()


def test_the_address_is_known_however_it_is_typed(visitor: Visitor, office: Office) -> None:
    visitor.sign_in(f"  {direction(office).email.upper()} ")
    assert visitor.is_signed_in()


def test_a_wrong_password_says_neither_whether_the_account_exists(
    visitor: Visitor, office: Office
) -> None:
    known = visitor.sign_in(direction(office).email, "un autre mot de passe")
    unknown = visitor.sign_in("personne@ailleurs.example", "un autre mot de passe")
    assert known.status_code == unknown.status_code == 422
    assert WRONG in known.text
    assert WRONG in unknown.text
    assert not visitor.is_signed_in()


def test_what_was_typed_is_kept_except_the_password(visitor: Visitor, office: Office) -> None:
    answer = visitor.sign_in(direction(office).email, "un autre mot de passe")
    assert direction(office).email in answer.text
    assert "un autre mot de passe" not in answer.text


def test_an_account_without_a_password_cannot_be_entered(
    visitor: Visitor, office: Office, database: Database
) -> None:
    from grants.organisation.colleagues import create_compte

    with database.unit_of_work() as session:
        account = create_compte(
            session, "Nouvelle", "nouvelle@aide34.example", None, visitor.house.clock()
        )
        join(session, office.id, account.id, ASSISTANT)
    for typed in ("", "le mot de passe de personne"):
        assert visitor.sign_in("nouvelle@aide34.example", typed).status_code == 422
    assert not visitor.is_signed_in()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    visitor: Visitor, office: Office, database: Database
) -> None:
    answer = visitor.sign_in(direction(office).email)
    cookie = next(
        line
        for line in answer.headers.get_list("set-cookie")
        if line.startswith("microprojets_session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    secret = cookie.split("=", 1)[1].split(";", 1)[0]
    with database.reading() as session:
        stored = session.exec(select(Connexion)).one()
    assert stored.digest == digest_of(secret)
    assert secret not in str(stored.model_dump())


def test_each_sign_in_gives_another_secret(
    new_visitor: Callable[[], Visitor], office: Office, database: Database
) -> None:
    for _ in range(2):
        new_visitor().sign_in(direction(office).email)
    with database.reading() as session:
        rows = session.exec(select(Connexion)).all()
    assert len({row.digest for row in rows}) == len({row.csrf for row in rows}) == 2


def test_signing_in_leads_back_to_the_page_asked_for(visitor: Visitor, office: Office) -> None:
    asked = visitor.get("/liste?texte=jardin&page=2")
    assert asked.headers["location"] == "/connexion?suite=" + quote(
        "/liste?texte=jardin&page=2", safe=""
    )
    answer = visitor.sign_in(direction(office).email, suite="/liste?texte=jardin&page=2")
    assert answer.headers["location"] == "/liste?texte=jardin&page=2"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://mechant.example/",
        "//mechant.example",
        "///mechant.example",
        "/\\mechant.example",
        "\\\\mechant.example",
        "/\t/mechant.example",
        "/\n/mechant.example",
        "javascript:alert(1)",
        "mechant.example",
        " //mechant.example",
        "http:mechant.example",
        "/é",
        "//[",
    ],
)
def test_no_address_of_another_site_is_followed(
    visitor: Visitor, office: Office, elsewhere: str
) -> None:
    assert visitor.sign_in(direction(office).email, suite=elsewhere).headers["location"] == "/"
    visitor.client.cookies.clear()
    shown = visitor.get("/connexion?suite=" + quote(elsewhere, safe="")).text
    assert "mechant.example" not in shown


def test_ten_wrong_guesses_close_the_door_of_an_account_for_a_quarter_of_an_hour(
    visitor: Visitor, office: Office, clock: Clock
) -> None:
    email = direction(office).email
    for _ in range(10):
        assert visitor.sign_in(email, "au hasard").status_code == 422
    closed = visitor.sign_in(email)
    assert closed.status_code == 429
    assert "Réessayez après 10 h 45" in closed.text.replace("\u202f", " ").replace("\xa0", " ")
    assert int(closed.headers["retry-after"]) in range(890, 910)
    assert not visitor.is_signed_in()
    assert visitor.sign_in(office.people[ASSISTANT].email).status_code == 303
    visitor.client.cookies.clear()
    clock.advance(minutes=15, seconds=1)
    visitor.sign_in(email)
    assert visitor.is_signed_in()


def test_the_right_password_forgives_the_guesses_before_it(
    visitor: Visitor, office: Office
) -> None:
    email = direction(office).email
    for _ in range(3):
        for _ in range(9):
            visitor.sign_in(email, "au hasard")
        assert visitor.sign_in(email).status_code == 303
        visitor.client.cookies.clear()


def test_forty_guesses_from_one_place_close_its_door(visitor: Visitor, office: Office) -> None:
    for n in range(40):
        assert visitor.sign_in(f"inconnu{n}@ailleurs.example", "au hasard").status_code == 422
    assert visitor.sign_in(direction(office).email).status_code == 429


def test_guesses_are_kept_without_naming_anybody(
    visitor: Visitor, office: Office, database: Database
) -> None:
    visitor.sign_in(direction(office).email, "au hasard")
    with database.reading() as session:
        kept = " ".join(str(row.model_dump()) for row in session.exec(select(TentativeConnexion)))
    assert direction(office).email not in kept


def test_one_subscriber_of_ipv6_is_one_place() -> None:
    assert by_address("2001:db8:1:2::1").key == by_address("2001:db8:1:2:ffff::9").key
    assert by_address("2001:db8:1:2::1").key != by_address("2001:db8:1:3::1").key
    assert by_address("::ffff:192.0.2.1").key == by_address("192.0.2.1").key
    assert by_address("192.0.2.1").key != by_email("192.0.2.1").key


def test_signing_out_closes_this_browser_only(
    new_visitor: Callable[[], Visitor], office: Office
) -> None:
    here, there = new_visitor(), new_visitor()
    for browser in (here, there):
        browser.sign_in(direction(office).email)
    secret = dict(here.client.cookies)
    answer = here.post("/deconnexion")
    assert answer.headers["location"] == "/connexion"
    assert answer.headers["clear-site-data"] == '"cache"'
    here.client.cookies.update(secret)
    assert not here.is_signed_in()
    assert there.is_signed_in()


def test_signing_out_everywhere_closes_every_browser_of_that_person(
    new_visitor: Callable[[], Visitor], office: Office
) -> None:
    here, there, colleague = new_visitor(), new_visitor(), new_visitor()
    for browser in (here, there):
        browser.sign_in(direction(office).email)
    colleague.sign_in(office.people[ASSISTANT].email)
    here.post("/deconnexion/partout")
    assert not here.is_signed_in()
    assert not there.is_signed_in()
    assert colleague.is_signed_in()


def test_a_browser_left_alone_for_twelve_hours_is_signed_out(
    visitor: Visitor, office: Office, clock: Clock
) -> None:
    visitor.sign_in(direction(office).email)
    clock.advance(hours=11, minutes=59)
    assert visitor.is_signed_in()
    clock.advance(hours=11, minutes=59)
    assert visitor.is_signed_in()
    clock.advance(hours=12)
    assert not visitor.is_signed_in()


def test_a_browser_is_signed_out_after_seven_days_even_in_use(
    visitor: Visitor, office: Office, clock: Clock
) -> None:
    visitor.sign_in(direction(office).email)
    for _ in range(16):
        clock.advance(hours=10)
        assert visitor.is_signed_in()
    clock.advance(hours=8)
    assert not visitor.is_signed_in()


def test_an_access_taken_away_is_lost_at_once(
    visitor: Visitor, office: Office, database: Database
) -> None:
    lecteur = office.people[LECTEUR]
    visitor.sign_in(lecteur.email)
    assert visitor.is_signed_in()
    with database.unit_of_work() as session:
        take_access(session, office.identity(), lecteur.id, visitor.house.clock())
    assert not visitor.is_signed_in()
    refused = visitor.sign_in(lecteur.email)
    assert refused.status_code == 422
    assert "plus accès à aucun organisme" in refused.text


def test_a_person_of_two_organismes_goes_from_one_to_the_other(
    visitor: Visitor, office: Office, other_office: Office, database: Database
) -> None:
    person = office.people[ASSISTANT]
    with database.unit_of_work() as session:
        join(session, other_office.id, person.id, LECTEUR)
    visitor.sign_in(person.email)
    assert other_office.nom in visitor.get("/tableau").text
    answer = visitor.post(f"/organismes/{other_office.id}")
    assert answer.headers["location"] == "/aujourdhui"
    arrived = visitor.get("/tableau").text
    assert f"Vous êtes maintenant dans {other_office.nom}." in arrived
    assert "Lecture seule" in arrived
    assert f"Vous êtes maintenant dans {other_office.nom}." not in visitor.get("/tableau").text


def test_nobody_goes_to_an_organisme_that_is_not_his(
    visitor: Visitor, office: Office, other_office: Office
) -> None:
    visitor.sign_in(direction(office).email)
    assert visitor.post(f"/organismes/{other_office.id}").status_code == 404
    assert visitor.post(f"/organismes/{2**63}").status_code == 404
    assert other_office.nom not in visitor.get("/tableau").text


def test_whoever_is_signed_in_does_not_see_the_sign_in_form_again(
    visitor: Visitor, office: Office
) -> None:
    visitor.sign_in(direction(office).email)
    assert visitor.get("/connexion?suite=/liste").headers["location"] == "/liste"


def test_a_script_that_finds_the_session_over_goes_to_the_sign_in_page(
    visitor: Visitor, office: Office
) -> None:
    answer = visitor.get(
        "/tableau",
        **{"hx-request": "true", "hx-current-url": "http://127.0.0.1:8000/liste?texte=a"},
    )
    assert answer.headers["hx-redirect"] == "/connexion?suite=%2Fliste%3Ftexte%3Da"


def test_guesses_made_at_once_all_count(office: Office, database: Database, clock: Clock) -> None:
    counter, together = by_email(direction(office).email), threading.Barrier(16)
    outcomes: list[bool] = []

    def guess() -> None:
        together.wait()
        try:
            with database.unit_of_work() as session:
                count_attempt(session, [counter], clock())
        except TooManyAttempts:
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(True), outcomes.count(False)) == (10, 6)
