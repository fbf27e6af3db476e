"""Webhooks against a real server that fails, is slow, redirects: nothing lost, nothing unsigned."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Generator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from notifications.outbox import Occasion
from notifications.webhook_transport import Poster
from notifications.webhooks import (
    WAITS,
    Sending,
    announce,
    deliver,
    send_again,
    sendings_of,
    subscribe,
    unsubscribe,
)
from workflow.database import Database
from workflow.errors import Invalid, NotFound

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
HERE, ELSEWHERE = 1, 2
LOCAL = Poster(local=True, seconds=0.5, at_most=1.0)


class Other(ThreadingHTTPServer):
    """Another program: keeps what it is told, and answers as it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        self.status, self.wait, self.location = 200, 0.0, ""
        self.told: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Listener)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/mouvements"


class Listener(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        other = self.server
        assert isinstance(other, Other)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        other.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
        time.sleep(other.wait)
        self.send_response(other.status)
        if other.location:
            self.send_header("Location", other.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Silent."""


@pytest.fixture
def other() -> Generator[Other]:
    server = Other()
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    found = Database(database_url)
    yield found
    found.dispose()


def tell(database: Database, seq: int = 1, tenant: int = HERE) -> None:
    with database.unit_of_work() as session:
        occasion = Occasion(tenant, "dossier", 7, seq, NOW)
        announce(session.connection(), occasion, "mouvement", {"vers": "accueil"})


def listen(database: Database, url: str) -> str:
    with database.unit_of_work() as session:
        return subscribe(session, HERE, url, NOW, local=True)


def log(database: Database, tenant: int = HERE) -> list[Sending]:
    with database.reading() as session:
        return sendings_of(session.connection(), tenant)


def test_a_move_is_told_once_signed_and_dated(database: Database, other: Other) -> None:
    secret = listen(database, other.url)
    tell(database)
    assert deliver(database, NOW, LOCAL) == 1
    assert deliver(database, NOW, LOCAL) == 0
    ((headers, body),) = other.told
    assert json.loads(body) == {
        "id": "dossier-7-1",
        "evenement": "mouvement",
        "le": NOW.isoformat(),
        "vers": "accueil",
    }
    stamp = headers["webhook-timestamp"]
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["webhook-signature"] == f"v1={expected}"
    assert int(stamp) == int(NOW.timestamp())
    (line,) = log(database)
    assert (line.state, line.status, line.attempts) == ("envoyee", 200, 1)


def test_nothing_is_told_of_what_was_rolled_back_or_is_elsewhere(
    database: Database, other: Other
) -> None:
    listen(database, other.url)
    tell(database, tenant=ELSEWHERE)
    with suppress(RuntimeError), database.unit_of_work() as session:
        announce(session.connection(), Occasion(HERE, "dossier", 7, 1, NOW), "mouvement", {})
        raise RuntimeError
    assert deliver(database, NOW, LOCAL) == 0
    assert not other.told
    assert log(database) == log(database, ELSEWHERE) == []


@pytest.mark.parametrize("status", [500, 404, 302, 301])
def test_another_answer_is_a_failure_tried_again_later_then_given_up(
    database: Database, other: Other, status: int
) -> None:
    listen(database, other.url)
    other.status, other.location = status, other.url
    tell(database)
    now = NOW
    for attempt, wait in enumerate(WAITS, start=1):
        assert deliver(database, now, LOCAL) == 0
        assert len(other.told) == attempt  # a redirection is not followed
        assert deliver(database, now + wait - timedelta(seconds=1), LOCAL) == 0
        assert len(other.told) == attempt
        now += wait
    deliver(database, now, LOCAL)
    (line,) = log(database)
    assert (line.state, line.status, line.attempts) == ("abandonnee", status, len(WAITS) + 1)
    assert len({headers["webhook-id"] for headers, _ in other.told}) == 1


def test_a_server_that_is_slow_or_gone_holds_nobody_up(database: Database, other: Other) -> None:
    listen(database, other.url)
    other.wait = 1.5
    tell(database)
    started = time.monotonic()
    deliver(database, NOW, LOCAL)
    assert time.monotonic() - started < 1.4
    assert log(database)[0].fault == "Pas de réponse à temps"
    other.wait = 0
    assert deliver(database, NOW + WAITS[1], LOCAL) == 1


def test_what_was_given_up_can_be_sent_again(database: Database, other: Other) -> None:
    listen(database, other.url)
    other.status = 500
    tell(database)
    deliver(database, NOW, LOCAL)
    other.status = 204
    with database.unit_of_work() as session:
        send_again(session, HERE, log(database)[0].id, NOW)
    assert deliver(database, NOW, LOCAL) == 1
    with pytest.raises(NotFound), database.unit_of_work() as session:
        send_again(session, ELSEWHERE, log(database)[0].id, NOW)


def test_an_address_that_is_removed_is_told_nothing_more(database: Database, other: Other) -> None:
    listen(database, other.url)
    tell(database)
    with database.unit_of_work() as session:
        unsubscribe(session, HERE, 1)
    tell(database, 2)
    assert deliver(database, NOW, LOCAL) == 0
    assert [line.state for line in log(database)] == ["abandonnee"]
    with pytest.raises(NotFound), database.unit_of_work() as session:
        unsubscribe(session, ELSEWHERE, 1)


def test_a_private_network_is_never_reached(database: Database, other: Other) -> None:
    listen(database, other.url)
    tell(database)
    assert deliver(database, NOW, Poster()) == 0
    assert not other.told
    assert log(database)[0].fault == "Adresse d’un réseau privé : refusée"
    for host in ("localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0"):
        told = Poster()(f"http://{host}:9/", b"", {})
        assert "réseau privé" in told.fault, host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://exemple.fr/",
        "ftp://exemple.fr/",
        "https://",
        "https://nom:secret@exemple.fr/",
        "https://exemple.fr:99999/",
        "https://exem ple.fr/",
        "https://exemple.fr/\r\nX: y",
        "https://exemple.fr/#ici",
        "https://exemple.fr/" + "a" * 500,
        "https://[::1/",
    ],
)
def test_an_address_that_cannot_be_told_is_refused(database: Database, url: str) -> None:
    with pytest.raises(Invalid), database.unit_of_work() as session:
        subscribe(session, HERE, url, NOW, local=False)
