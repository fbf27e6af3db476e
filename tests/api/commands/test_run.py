"""`run`: the first start, the second, and those that cannot be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from api.composition import default_engine
from api.migrate import migrating, opened
from api.settings import Settings
from api.startup import demonstrate, ready_database
from tests.builders.filled_rows import count_rows
from tests.builders.offices import NOW
from workflow.database import Database

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120


def settings_for(url: str, folder: Path, **given: object) -> Settings:
    return Settings.model_validate(
        {"data_folder": folder, "database_url": url, "secret": "s" * 40, **given}
    )


@pytest.mark.parametrize(
    ("given", "wanted", "organismes"),
    [
        ({}, None, 2),
        ({}, False, 0),
        ({"demonstration": False}, None, 0),
        ({"host": "0.0.0.0"}, None, 0),
        ({"public_url": "https://suivi.example"}, None, 0),
        ({"host": "0.0.0.0"}, True, 2),
    ],
    ids=["by itself", "empty", "set to empty", "on the network", "behind a proxy", "asked for"],
)
def test_the_demonstration_comes_by_itself_only_where_nobody_else_can_reach_it(
    sqlite_url: str, tmp_path: Path, given: dict[str, object], wanted: bool | None, organismes: int
) -> None:
    settings = settings_for(sqlite_url, tmp_path, **given)

    with opened(sqlite_url) as database:
        demonstrate(settings, database, default_engine(), NOW, wanted=wanted)

    with migrating(sqlite_url) as connection:
        assert count_rows(connection)["organisme"] == organismes


def test_a_database_at_todays_schema_is_not_saved_at_each_start(
    database: Database, url: str, tmp_path: Path
) -> None:
    readied = ready_database(settings_for(url, tmp_path), NOW)

    assert readied.saved is None
    assert not (tmp_path / "sauvegardes").exists()


@dataclass
class Server:
    """The application as a user starts it, in a process of its own."""

    process: subprocess.Popen[str]
    said: list[str]
    reading: threading.Thread

    def wait_for(self, words: str) -> str:
        """What it said, once it said these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in "".join(self.said):
            assert self.process.poll() is None, "".join(self.said)
            assert time.monotonic() < deadline, "".join(self.said)
            time.sleep(0.05)
        return "".join(self.said)

    def last_words(self) -> str:
        """All that it said, once it has ended."""
        self.reading.join(PATIENCE)
        return "".join(self.said)

    def stop(self) -> int:
        """Stop it as a service manager would."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture
def serve(tmp_path: Path) -> Generator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*arguments: str, **environment: str) -> Server:
        settings = {"MICROPROJETS_DONNEES": str(tmp_path / "donnees"), "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-P", "-u", "-m", "api.cli", "run", *arguments],
            cwd=tmp_path,
            env=os.environ | settings | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout
        said: list[str] = []
        reading = threading.Thread(target=said.extend, args=(process.stdout,))
        reading.start()
        servers.append(Server(process, said, reading))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait()
        assert server.process.stdout
        server.process.stdout.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_first_start_shows_the_demonstration_and_the_second_adds_nothing(
    serve: Callable[..., Server], port: int, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'donnees' / 'microprojets.sqlite3'}"
    counts = []
    for _start in range(2):
        server = serve("--port", str(port))
        said = server.wait_for("claie.example")
        assert f"http://127.0.0.1:{port}" in said
        with urlopen(f"http://127.0.0.1:{port}/connexion", timeout=PATIENCE) as answer:
            assert answer.status == 200
        assert server.stop() == 0
        with migrating(url) as connection:
            counts.append(count_rows(connection))

    assert counts[0]["organisme"] == 2
    assert counts[0]["dossier"] > 90
    assert counts[1] == counts[0]


def test_an_empty_start_leads_to_the_first_page_and_stays_empty(
    serve: Callable[..., Server], port: int, tmp_path: Path
) -> None:
    for arguments in (["--vide"], []):
        server = serve("--port", str(port), *arguments)
        server.wait_for("Microprojets :")
        with urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            assert answer.url.endswith("/demarrage")
        server.stop()


def test_a_taken_port_is_told_with_the_next_one_before_anything_is_made(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        server = serve("--port", str(number))
        assert server.process.wait(PATIENCE) == 1

    said = server.last_words()
    assert f"Le port {number} est déjà pris" in said
    assert f"--port {number + 1}" in said
    assert not (tmp_path / "donnees" / "microprojets.sqlite3").exists()
