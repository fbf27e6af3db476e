from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

import grants.demonstration.comptes
import grants.demonstration.replay
from api.composition import default_engine
from api.main import create_app
from api.rendering import Pages
from api.schema import JOURNAL_OWNERS
from api.settings import Settings
from api.start_code import start_code, start_notice
from api.startup import ready_pipelines
from grants.dossiers.pieces.storage import Storage
from grants.organisation.founding import AlreadyStarted
from grants.organisation.tables import Organisme
from tests.builders.offices import NOW, QUICK_PASSWORDS, Office, make_office
from tests.builders.visitors import AT_HOME, Answer, Clock, Visitor
from workflow.database import Database
from workflow.engine import Engine
from workflow.journal_check import verify
from workflow.pipeline_versions import remember

FILLED = {
    "nom": "Aide aux projets",
    "sigle": "",
    "departements": "34, 30",
    "territoire": "metropole",
    "direction_nom": "Ana Roche",
    "direction_email": "ana@projets.example",
    "mot_de_passe": "trois chevaux bleus",
    "confirmation": "trois chevaux bleus",
}
# The two ways to start, each with its form.
STARTS = {"/demarrage": FILLED, "/demarrage/demonstration": {}}


def organismes(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.nom for row in session.exec(select(Organisme))]


@pytest.mark.parametrize("url", ["/", "/tableau", "/liste?texte=a", "/dossiers/1", "/connexion"])
def test_every_page_of_an_empty_installation_leads_to_the_first_one(
    visitor: Visitor, url: str
) -> None:
    assert visitor.get(url).headers["location"] == "/demarrage"


def test_the_first_page_offers_both_ways(visitor: Visitor) -> None:
    page = visitor.get("/demarrage").text
    assert "Charger la démonstration" in page
    assert "Commencer à vide" in page


def test_starting_empty_signs_the_direction_in(visitor: Visitor, database: Database) -> None:
    assert visitor.post("/demarrage", FILLED).headers["location"] == "/"
    board = visitor.get("/tableau").text
    assert "Aide aux projets" in board
    assert "Ana Roche" in board
    assert "Votre organisme est créé." in board
    with database.reading() as session:
        assert verify(session.connection(), JOURNAL_OWNERS).sound


def test_faulty_answers_are_all_told_and_what_was_typed_is_kept(
    visitor: Visitor, database: Database
) -> None:
    faulty = {
        **FILLED,
        "nom": "",
        "departements": "34, 99",
        "direction_email": "ana@",
        "confirmation": "non",
    }
    page = visitor.post("/demarrage", faulty)
    assert page.status_code == 422
    assert "4 réponses sont à corriger" in page.text.replace("\xa0", " ")
    assert 'value="34, 99"' in page.text
    assert 'value="Ana Roche"' in page.text
    assert "trois chevaux bleus" not in page.text
    assert organismes(database) == []


def test_an_empty_form_is_told_every_answer_that_is_missing(visitor: Visitor) -> None:
    page = visitor.post("/demarrage", {})
    assert page.status_code == 422
    assert "Choisissez un mot de passe." in page.text


@pytest.mark.parametrize("url", STARTS)
def test_nobody_starts_what_is_started_already(
    visitor: Visitor, office: Office, database: Database, url: str
) -> None:
    assert visitor.get("/demarrage").headers["location"] == "/"
    answer = visitor.post(url, STARTS[url])
    assert answer.headers["location"] == "/connexion"
    assert "a déjà un organisme" in visitor.get("/connexion").text
    assert organismes(database) == [office.nom]


def test_of_two_people_who_start_at_once_one_does(
    new_visitor: Callable[[], Visitor], database: Database
) -> None:
    visitors = [new_visitor() for _ in range(4)]
    answers: list[Answer] = []
    together = threading.Barrier(len(visitors))

    def start(n: int, visitor: Visitor) -> None:
        fields = {
            **FILLED,
            "csrf_token": visitor.token(),
            "nom": f"Organisme {n}",
            "direction_email": f"direction{n}@projets.example",
        }
        together.wait()
        answers.append(visitor.post("/demarrage", fields))

    threads = [threading.Thread(target=start, args=pair) for pair in enumerate(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.headers["location"] for answer in answers) == ["/", *["/connexion"] * 3]
    assert len(organismes(database)) == 1


def test_the_demonstration_is_loaded_and_its_accounts_shown(
    visitor: Visitor, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(
        given: Database, engine: Engine, now: datetime, files: Storage, *, starting: bool
    ) -> list[object]:
        assert starting
        assert (engine, now) == (visitor.house.engine, clock())
        assert files.folder == visitor.house.settings.files_folder
        with given.unit_of_work() as session:
            made = make_office(session, "Démonstration", "demo.example")
            organisme = session.get_one(Organisme, made.id)
            organisme.demonstration = True
            session.add(organisme)
        return []

    monkeypatch.setattr(grants.demonstration.replay, "load_demonstration", load)
    assert visitor.post("/demarrage/demonstration").headers["location"] == "/connexion"
    page = visitor.get("/connexion").text
    assert "La démonstration est prête." in page
    assert "direction@demo.example" in page
    assert grants.demonstration.comptes.PASSWORD in page


def test_the_demonstration_is_never_loaded_over_what_somebody_has_just_started(
    database: Database, office: Office, clock: Clock, app: FastAPI, tmp_path: Path
) -> None:
    with pytest.raises(AlreadyStarted):
        grants.demonstration.replay.load_demonstration(
            database, app.state.house.engine, clock(), Storage(tmp_path), starting=True
        )
    assert organismes(database) == [office.nom]


@pytest.mark.parametrize(
    ("base_url", "headers"),
    [
        ("http://suivi.exemple.fr", {}),
        ("http://192.168.1.10:8000", {}),
        (AT_HOME, {"x-forwarded-for": "203.0.113.9"}),
        (AT_HOME, {"forwarded": "for=203.0.113.9"}),
    ],
)
def test_from_another_machine_a_code_is_asked_first(
    new_visitor: Callable[..., Visitor],
    settings: Settings,
    database: Database,
    base_url: str,
    headers: dict[str, str],
) -> None:
    visitor = new_visitor(base_url=base_url, **headers)
    assert "Code de démarrage" in visitor.get("/demarrage").text
    for url, fields in STARTS.items():
        assert visitor.post(url, fields).headers["location"] == "/demarrage"
    assert organismes(database) == []
    wrong = visitor.post("/demarrage/code", {"code": "AAAA-AAAA"})
    assert wrong.status_code == 422
    assert start_code(settings) not in wrong.text
    typed = f" {start_code(settings).lower().replace('-', ' ')} "
    assert visitor.post("/demarrage/code", {"code": typed}).headers["location"] == "/demarrage"
    assert "Commencer à vide" in visitor.get("/demarrage").text
    assert visitor.post("/demarrage", FILLED).headers["location"] == "/"


def test_an_installation_open_to_the_network_always_asks_for_the_code(
    settings: Settings, database: Database, clock: Clock, pages: Pages
) -> None:
    open_to_all = settings.model_copy(update={"host": "0.0.0.0"})
    app = create_app(
        open_to_all, clock=clock, database=database, passwords=QUICK_PASSWORDS, pages=pages
    )
    assert "Code de démarrage" in Visitor(app).get("/demarrage").text
    notice = start_notice(open_to_all)
    assert notice is not None
    assert start_code(open_to_all) in notice
    assert start_notice(settings) is None


def test_the_code_cannot_be_guessed_at_length(new_visitor: Callable[..., Visitor]) -> None:
    visitor = new_visitor(base_url="http://suivi.exemple.fr")
    for _ in range(10):
        assert visitor.post("/demarrage/code", {"code": "AAAA-AAAA"}).status_code == 422
    assert visitor.post("/demarrage/code", {"code": "AAAA-AAAA"}).status_code == 429


def test_the_code_of_one_installation_opens_no_other(tmp_path: Path) -> None:
    codes = {start_code(Settings(data_folder=tmp_path, secret=str(n) * 40)) for n in range(3)}
    assert len(codes) == 3


def test_two_servers_that_start_together_note_the_same_pipelines(postgresql_url: str) -> None:
    """The second waits for the first, then finds nothing left to note."""
    catalogue, database = default_engine().catalogue, Database(postgresql_url)
    with ThreadPoolExecutor(1) as elsewhere:
        with database.unit_of_work() as first:
            remember(first.connection(), catalogue, NOW)
            second = elsewhere.submit(ready_pipelines, database, catalogue, NOW)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        assert second.result(timeout=30) == ()
    database.dispose()
