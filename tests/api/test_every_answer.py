"""What surrounds every answer: headers, caching, errors in French, a log without names."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from api.main import create_app
from api.rendering import Pages
from api.settings import ROOT, Settings
from api.ticks import EVERY
from api.version import VERSION
from grants.organisation.identity import DirectionOnly, ReadOnly
from grants.organisation.roles import DIRECTION, LECTEUR
from notifications.heartbeat import Heart
from tests.builders.offices import QUICK_PASSWORDS, Office
from tests.builders.visitors import Clock, Visitor
from workflow.database import Database
from workflow.errors import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseGone,
    Invalid,
    KeyReused,
    NotFound,
    Refused,
    Stale,
)
from workflow.guards import Refusal

FAULTS: dict[str, Callable[[], Exception]] = {
    "refused": lambda: Refused(
        "Inscrire à un CTS", [Refusal("a", "Une pièce manque."), Refusal("b", "Le plan est faux.")]
    ),
    "stale": lambda: Stale("Ana Roche", None, "à 9 h 30", "Note ajoutée"),
    "invalid": lambda: Invalid({"titre": "Ce titre est trop long."}),
    "unknown": NotFound,
    "reader": ReadOnly,
    "reserved": DirectionOnly,
    "reused": KeyReused,
    "busy": DatabaseBusy,
    "full": DatabaseFull,
    "gone": DatabaseGone,
    "ours": lambda: RuntimeError("Ana Roche a saisi ceci"),
    "query": lambda: OperationalError(
        "SELECT nom", {"nom": "Ana Roche"}, Exception("no such function")
    ),
}
EXPECTED = {
    "refused": (409, ["Ce n’est pas encore possible", "Une pièce manque.", "Le plan est faux."]),
    "stale": (409, ["Ana Roche", "Note ajoutée"]),
    "invalid": (422, ["Ce titre est trop long."]),
    "unknown": (404, ["Page introuvable"]),
    "reader": (403, ["pas de modifier"]),
    "reserved": (403, ["réservée à la direction"]),
    "reused": (409, ["a déjà servi"]),
    "busy": (503, ["est occupée"]),
    "full": (503, ["Le disque est plein"]),
    "gone": (503, ["ne répond pas"]),
    "ours": (500, ["Un incident est survenu", "référence"]),
    "query": (500, ["Un incident est survenu", "référence"]),
}


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock, pages: Pages) -> FastAPI:
    """The application, with a page that fails in every way."""
    app = create_app(
        settings, clock=clock, database=database, passwords=QUICK_PASSWORDS, pages=pages
    )
    router = APIRouter()

    @router.get("/panne/{name}")
    def fail(name: str) -> None:
        made = FAULTS[name]()
        raise made

    app.include_router(router)
    return app


@pytest.mark.parametrize("name", FAULTS)
def test_every_error_is_a_page_in_french(visitor: Visitor, office: Office, name: str) -> None:
    status, sentences = EXPECTED[name]
    answer = visitor.get(f"/panne/{name}")
    assert answer.status_code == status
    for sentence in sentences:
        assert sentence in answer.text.replace("\xa0", " ").replace("\u202f", " ")
    assert 'lang="fr"' in answer.text


def test_an_error_keeps_the_frame_of_whoever_is_signed_in(visitor: Visitor, office: Office) -> None:
    visitor.enter(office.people[DIRECTION], office.id)
    for name in ("refused", "unknown"):
        assert 'href="/pilotage"' in visitor.get(f"/panne/{name}").text


def test_a_fault_of_ours_is_told_with_the_reference_that_the_log_has(
    visitor: Visitor, office: Office
) -> None:
    with capture_logs() as logged:
        answer = visitor.get("/panne/ours")
    number = answer.headers["x-request-id"]
    assert f"<code>{number}</code>" in answer.text
    incident = next(line for line in logged if line["event"] == "incident")
    assert incident["numero"] == number
    assert incident["erreur"] == ["builtins.RuntimeError"]
    assert incident["lieux"][-1].startswith("tests/api/test_every_answer.py:")


def test_the_log_names_nobody(visitor: Visitor, office: Office) -> None:
    with capture_logs() as logged:
        visitor.sign_in(office.people[DIRECTION].email, "un mot de passe faux")
        visitor.sign_in(office.people[DIRECTION].email)
        visitor.get("/liste?texte=Ana+Roche")
        visitor.get("/reinitialisation/un-jeton-secret")
        visitor.get("/nulle-part/Ana-Roche")
        visitor.get("/panne/ours")
        visitor.get("/panne/query")
    assert {"/connexion", "/liste", "/reinitialisation/{jeton}", "inconnue"} <= {
        line.get("page") for line in logged
    }
    for secret in ("Ana", "Roche", "un-jeton-secret", "aide34.example", "mot de passe"):
        assert secret not in str(logged)


def test_the_log_of_a_server_is_one_line_of_json_for_each_event() -> None:
    program = """
import logging, structlog, api.logs
api.logs.configure_logs("json")
structlog.get_logger("microprojets").info("requete", page="/été")
told = "Exception in ASGI application\\n"
logging.getLogger("uvicorn.error").error(told, exc_info=ValueError("Ana"))
logging.getLogger("alembic").warning("attention")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in told] == [
        ("requete", "info"),
        ("attention", "warning"),
    ]
    assert '"/été"' in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "/tableau",
        "/connexion",
        "/nulle-part",
        "/panne/ours",
        "/panne/gone",
        "/static/app.js",
        "/healthz",
        "/%00",
    ],
)
def test_every_answer_carries_the_headers_that_protect_it(
    visitor: Visitor, office: Office, url: str
) -> None:
    headers = visitor.get(url).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_no_page_needs_what_the_policy_forbids() -> None:
    """An e-mail is no page: it carries its styles with it, and no policy."""
    paths = [
        path for path in (ROOT / "templates").rglob("*.html") if path.parts[-2] != "letterhead"
    ]
    templates = [path.read_text("utf-8") for path in paths]
    assert templates
    for forbidden in (" style=", "<style", " onclick=", " onchange=", "javascript:", "hx-on"):
        assert not [text for text in templates if forbidden in text], forbidden


def test_by_https_cookies_and_pages_never_travel_otherwise(
    settings: Settings, database: Database, clock: Clock, pages: Pages, office: Office
) -> None:
    by_https = settings.model_copy(update={"public_url": "https://suivi.exemple.fr"})
    app = create_app(
        by_https, clock=clock, database=database, passwords=QUICK_PASSWORDS, pages=pages
    )
    visitor = Visitor(app, "https://suivi.exemple.fr")
    answer = visitor.sign_in(office.people[DIRECTION].email)
    session = next(line for line in answer.headers.get_list("set-cookie") if "_session=" in line)
    assert session.startswith("__Host-")
    assert "Secure" in session
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert visitor.is_signed_in()


def test_static_files_are_kept_only_under_the_address_of_a_version(visitor: Visitor) -> None:
    assert "immutable" in visitor.get("/static/app.js?v=1").headers["cache-control"]
    assert visitor.get("/static/app.js").headers["cache-control"] == "no-cache"


def test_pages_are_compressed_and_kept_from_shared_caches(visitor: Visitor, office: Office) -> None:
    answer = visitor.get("/connexion", **{"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, no-cache"


def test_the_program_says_that_it_is_well(visitor: Visitor, settings: Settings) -> None:
    answer = visitor.get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["etat"] == "bien"
    assert told["versions"]["programme"] == VERSION
    assert told["versions"]["base"].startswith(settings.database.split(":")[0].split("+")[0])
    assert told["horloge"]["etat"] == "jamais_lancee"


def test_it_says_when_the_clock_last_ran_and_what_waits(
    visitor: Visitor, database: Database, clock: Clock
) -> None:
    heart = Heart(database, "serveur/12")
    for name in EVERY:
        heart.beat(name, clock.now)
    told = visitor.get("/healthz").json()
    assert told["horloge"] == {
        "etat": "bien",
        "dernier_battement": clock.now.isoformat(),
        "en_retard": [],
        "en_panne": [],
    }
    assert told["echeances"] == {"retard_s": 0}
    assert told["courriers"] == {
        "en_attente": 0,
        "retard_s": 0,
        "echecs_7_jours": 0,
        "serveur_en_panne_s": 0,
    }
    heart.beat("echeances", clock.now, "LookupError × 1 : Ana")
    told = visitor.get("/healthz").json()
    assert (told["horloge"]["etat"], told["horloge"]["en_panne"]) == ("en_panne", ["echeances"])
    assert "Ana" not in str(told)
    clock.advance(hours=1)
    told = visitor.get("/healthz").json()
    assert (told["etat"], told["horloge"]["etat"]) == ("bien", "arretee")
    assert "echeances" in told["horloge"]["en_retard"]
    assert "brouillons" not in told["horloge"]["en_retard"]


def test_without_its_database_every_page_says_so(
    settings: Settings, clock: Clock, pages: Pages, tmp_path: Path
) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/nulle-part/base.sqlite")
    app = create_app(
        settings, clock=clock, database=nowhere, passwords=QUICK_PASSWORDS, pages=pages
    )
    visitor = Visitor(app)
    assert visitor.get("/healthz").status_code == 503
    for url in ("/", "/connexion", "/demarrage", "/tableau"):
        answer = visitor.get(url)
        assert answer.status_code == 503
        assert "La base de données ne répond pas" in answer.text.replace("\xa0", " ")
    assert visitor.get("/nulle-part").status_code == 404


def test_over_a_database_that_was_never_migrated_every_page_says_so(
    settings: Settings, clock: Clock, pages: Pages, empty_database_url: str
) -> None:
    empty = Database(empty_database_url)
    app = create_app(settings, clock=clock, database=empty, passwords=QUICK_PASSWORDS, pages=pages)
    visitor = Visitor(app)
    assert visitor.get("/healthz").status_code == 503
    answer = visitor.get("/connexion")
    assert answer.status_code == 503
    assert "manage.py migrations upgrade" in answer.text
    empty.dispose()


def test_reading_goes_on_where_nothing_can_be_written(
    visitor: Visitor, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.enter(office.people[LECTEUR], office.id)

    def full(*_: object) -> None:
        raise DatabaseFull

    monkeypatch.setattr("api.visit.mark_seen", full)
    clock.advance(minutes=6)
    assert visitor.get("/tableau").status_code == 200
