"""What surrounds every operation: tokens, versions, keys, pages, limits, and broken demands."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from api.v1.limits import Limits
from grants.organisation.colleagues import take_access
from grants.organisation.jetons import LECTURE, forget_old_answers, revoke_token, tokens_of
from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION
from tests.builders.bearers import Program, program
from tests.builders.dossiers import Counter
from tests.builders.offices import Holdings, Office
from tests.builders.visitors import Clock
from workflow.database import Database

NOTE = {"texte": "Appelé ce matin."}


# --- Tokens -----------------------------------------------------------------------------------


def test_a_token_ends_by_itself_when_revoked_and_with_its_owners_access(
    app: FastAPI, database: Database, office: Office, clock: Clock
) -> None:
    who = program(app, office, CHARGE_DE_MISSION)
    assert who.get("/moi").json()["role"] == CHARGE_DE_MISSION
    with database.unit_of_work() as session:
        take_access(session, office.identity(), office.people[CHARGE_DE_MISSION].id, clock())
    assert refused(who) == (401, "jeton_refuse")
    other = program(app, office, DIRECTION)
    identity = office.identity()
    with database.unit_of_work() as session:
        (line,) = tokens_of(session.connection(), identity)
        assert revoke_token(session, identity, line.id, clock())
        assert not revoke_token(session, identity, line.id, clock())
    assert refused(other) == (401, "jeton_refuse")
    last = program(app, office, DIRECTION)
    clock.now += timedelta(days=30)
    assert refused(last) == (401, "jeton_refuse")


def test_a_token_that_reads_does_not_write_and_says_why(
    app: FastAPI, office: Office, holds: Holdings
) -> None:
    who = program(app, office, CHARGE_DE_MISSION, LECTURE)
    answer = who.post(f"/dossiers/{holds.dossier}/notes", NOTE)
    assert (answer.status_code, answer.json()["code"]) == (403, "portee_insuffisante")


def test_a_token_is_kept_as_a_digest_and_its_last_use_is_told(
    app: FastAPI, database: Database, office: Office, clock: Clock
) -> None:
    who = program(app, office, DIRECTION)
    assert who.token is not None
    who.get("/moi")
    with database.reading() as session:
        (line,) = tokens_of(session.connection(), office.identity())
        rows = session.connection().exec_driver_sql("SELECT * FROM jeton").all()
    assert line.vu_le == clock()
    assert who.token not in str(rows)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer mp_faux", "Basic bXA6", "é"])
def test_another_header_opens_nothing(app: FastAPI, office: Office, header: str) -> None:
    who = Program(app)
    answer = who.client.get("/api/v1/moi", headers=[(b"authorization", header.encode())])
    assert answer.status_code == 401


def refused(who: Program) -> tuple[int, str]:
    answer = who.get("/moi")
    return answer.status_code, answer.json()["code"]


# --- Versions ---------------------------------------------------------------------------------


def test_a_change_owes_the_version_that_was_read(charge_program: Program, holds: Holdings) -> None:
    url = f"/structures/{holds.structure}"
    read = charge_program.get(url)
    assert read.headers["etag"] == f'"{read.json()["version"]}"'
    body = {"nom": "Autre nom"}
    missing = charge_program.ask("PUT", url, body)
    assert (missing.status_code, missing.json()["code"]) == (428, "version_attendue")
    done = charge_program.ask("PUT", url, body, if_match=read.headers["etag"])
    assert done.status_code == 200
    late = charge_program.ask("PUT", url, {"nom": "Tard"}, if_match=read.headers["etag"])
    assert (late.status_code, late.json()["code"]) == (412, "modifie_entre_temps")
    for etag in ("12", "n importe", '"abc"', '"1", "2"'):
        unread = charge_program.ask("PUT", url, body, if_match=etag)
        assert (unread.status_code, unread.json()["code"]) == (422, "version_illisible")


def test_of_those_who_change_the_same_version_at_once_one_is_heard(
    app: FastAPI, office: Office, holds: Holdings
) -> None:
    who = program(app, office, CHARGE_DE_MISSION)
    url = f"/structures/{holds.structure}"
    seen = who.get(url).headers["etag"]

    def change(n: int) -> int:
        return who.ask("PUT", url, {"nom": f"Nom {n}"}, if_match=seen).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(change, range(6))) == [200, 412, 412, 412, 412, 412]


# --- Keys -------------------------------------------------------------------------------------


def test_the_same_demand_under_the_same_key_is_answered_the_same_and_done_once(
    charge_program: Program, holds: Holdings, database: Database, clock: Clock
) -> None:
    body = {"nom": "Les Amis du vélo"}
    first = charge_program.post("/structures", body, idempotency_key="cle-de-test-1")
    again = charge_program.post("/structures", body, idempotency_key="cle-de-test-1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    other = charge_program.post("/structures", {"nom": "B"}, idempotency_key="cle-de-test-1")
    assert (other.status_code, other.json()["code"]) == (409, "cle_deja_utilisee")
    forget_old_answers(database, clock() + timedelta(days=2))
    forgotten = charge_program.post("/structures", body, idempotency_key="cle-de-test-1")
    assert forgotten.json() == first.json()  # the journal remembers longer than the answers


def test_a_move_under_one_key_is_made_once_by_all_who_ask_at_once(
    app: FastAPI, office: Office, counter: Counter
) -> None:
    who = program(app, office, CHARGE_DE_MISSION)
    body = {"texte": "Une seule fois."}
    opened = who.post("/dossiers", OPENING).json()["id"]

    def write(_: int) -> bytes:
        url = f"/dossiers/{opened}/notes"
        return who.post(url, body, idempotency_key="une-seule-fois").content

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(write, range(6)))) == 1
    assert len(who.get(f"/dossiers/{opened}/notes").json()["notes"]) == 1


def test_what_was_refused_is_not_kept_under_its_key(charge_program: Program) -> None:
    faulty = charge_program.post("/structures", {"nom": ""}, idempotency_key="cle-de-test-2")
    assert faulty.status_code == 422
    mended = charge_program.post("/structures", {"nom": "Bon"}, idempotency_key="cle-de-test-2")
    assert mended.status_code == 201


OPENING = {
    "pipeline": "microprojets",
    "contact_le": "2026-03-02",
    "titre": "Garage solidaire",
    "porteur_nom": "Amina Diallo",
    "porteur_email": "amina@garage.example",
    "montant_demande": "18 500,00",
}


# --- Pages ------------------------------------------------------------------------------------


def test_pages_follow_each_other_and_a_cursor_serves_its_own_list_alone(
    app: FastAPI, office: Office, other_office: Office
) -> None:
    who = program(app, office, CHARGE_DE_MISSION)
    for n in range(5):
        contact = {**OPENING, "porteur_email": f"p{n}@garage.example"}
        assert who.post("/dossiers", contact).status_code == 201
    for tri in ("dossier", "depuis", "lieu", "demande"):
        found: list[int] = []
        url: str | None = f"/dossiers?tri={tri}&taille=2"
        while url:
            answer = who.get(url)
            assert answer.status_code == 200, answer.text
            found += [each["id"] for each in answer.json()["dossiers"]]
            url = answer.json()["suivant"]
            assert url is None or answer.headers["link"] == f'<{url}>; rel="next"'
        assert len(found) == len(set(found)) == 5
    following = who.get("/dossiers?tri=depuis&taille=2").json()["suivant"]
    repere = following.split("repere=")[1]
    elsewhere = program(app, other_office, CHARGE_DE_MISSION)
    for stranger, url in (
        (who, f"/dossiers?tri=lieu&repere={repere}"),
        (who, f"/dossiers?tri=depuis&q=garage&repere={repere}"),
        (who, f"/structures?repere={repere}"),
        (who, "/dossiers?repere=AAAA"),
        (who, "/dossiers?repere=%C3%A9"),
        (elsewhere, following),
    ):
        answer = stranger.get(url)
        assert (answer.status_code, answer.json()["code"]) == (422, "repere_etranger")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("etape=nulle_part&dispositif=microprojets", "etape"),
        ("dispositif=inconnu", "dispositif"),
        ("referent=personne", "referent"),
        ("departement=999", "departement"),
        ("du=hier", "du"),
        ("tri=couleur", "tri"),
        ("taille=0", "taille"),
        ("taille=1e3", "taille"),
        ("inconnu=1", "inconnu"),
        ("q=a&q=b", "q"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told(
    charge_program: Program, query: str, field: str
) -> None:
    answer = charge_program.get(f"/dossiers?{query}")
    assert answer.status_code == 422
    assert field in answer.json()["champs"]


# --- Limits -----------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(
    app: FastAPI, office: Office, clock: Clock
) -> None:
    app.state.limits = Limits(3)
    who, other = program(app, office, DIRECTION), program(app, office, CHARGE_DE_MISSION)
    assert [who.get("/moi").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = who.get("/moi")
    assert answer.headers["retry-after"] == "20"
    assert answer.json()["code"] == "trop_de_demandes"
    assert other.get("/moi").status_code == 200
    clock.now += timedelta(seconds=20)
    assert [who.get("/moi").status_code for _ in range(2)] == [200, 429]


# --- Broken demands ---------------------------------------------------------------------------

BROKEN: list[tuple[Any, int]] = [
    (b"", 422),
    (b"{", 400),
    (b"[]", 400),
    (b"null", 400),
    (b"1", 400),
    (b'{"texte": NaN}', 400),
    (b'{"texte": Infinity}', 400),
    (b'{"texte": "a", "texte": "b"}', 400),
    (b'{"texte": "\xff"}', 400),
    (b'{"texte": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400),
    (b'{"texte": [[["a"]]]}', 422),
    (b'{"texte": {"a": "b"}}', 422),
    (b'{"texte": 12}', 422),
    (b'{"texte": true}', 422),
    (b'{"texte": ["a", "b"]}', 422),
    (b'{"texte": ' + b"9" * 10_000 + b"}", 400),
    (b'{"texte": 1e999}', 422),
    (b'{"texte": "\\ud800"}', 422),
    (b'{"texte": "\\u0000"}', 422),
    (b'{"\\ud800": "a"}', 400),
    (b'{"texte": "a", "inconnu": "b"}', 422),
    (b'{"texte": "' + b"a" * 600_000 + b'"}', 413),
    (b'{"texte": "' + b"a" * 6_000 + b'"}', 422),
]


def test_a_broken_body_is_refused_and_nothing_is_written(
    charge_program: Program, holds: Holdings
) -> None:
    url = f"/dossiers/{holds.dossier}/notes"
    before = len(charge_program.get(url).json()["notes"])
    for body, status in BROKEN:
        answer = charge_program.ask("POST", url, body)
        assert answer.status_code == status, (body[:60], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.content)["status"] == status
    other = charge_program.ask("POST", url, b"texte=a", content_type="text/plain")
    assert other.status_code == 415
    assert len(charge_program.get(url).json()["notes"]) == before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nulle-part", 404),
        ("GET", "/dossiers/0", 404),
        ("GET", "/dossiers/01", 404),
        ("GET", "/dossiers/abc", 404),
        ("GET", "/dossiers/99999999999999999999", 404),
        ("GET", "/dossiers/%00", 404),
        ("GET", "/dossiers?q=%00", 404),
        ("DELETE", "/dossiers", 405),
        ("PATCH", "/moi", 405),
    ],
)
def test_an_address_or_a_method_that_is_not_there_is_a_problem(
    charge_program: Program, method: str, path: str, status: int
) -> None:
    answer = charge_program.ask(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert answer.headers["allow"]


def test_a_key_that_is_none_is_refused(charge_program: Program, holds: Holdings) -> None:
    for key in ("", "court", "a" * 65, "avec espace", "cle,avec;signes"):
        sent = key.encode().decode("latin-1")
        answer = charge_program.post(f"/dossiers/{holds.dossier}/notes", NOTE, idempotency_key=sent)
        assert (answer.status_code, answer.json()["code"]) == (422, "cle_illisible")
