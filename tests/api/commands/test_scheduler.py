"""`scheduler`: the clock alone, until it is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from notifications.heartbeat import beats
from tests.builders.commands import Run
from workflow.database import Database

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60


def test_the_clock_alone_does_what_is_due_and_stops_when_asked(
    database: Database, url: str
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "api.cli", "scheduler"]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and not _has_beaten(database):
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0
    assert said.splitlines() == ["Horloge en marche (Ctrl+C pour arrêter)", "Horloge arrêtée"]
    assert _has_beaten(database)


def test_over_an_older_database_it_does_not_start(
    run: Run, empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MICROPROJETS_DONNEES", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    code, said = run("scheduler")
    assert code == 1
    assert "manage.py migrations upgrade" in said


def _has_beaten(database: Database) -> bool:
    with database.reading() as session:
        return "echeances" in beats(session.connection())
