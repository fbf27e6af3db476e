"""Commands, run as `manage.py` runs them, on each kind of database in turn."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from api.cli import main
from api.composition import default_engine
from api.migrate import opened
from grants.dossiers.opening import Opening, open_dossier
from tests.builders.commands import Run
from tests.builders.offices import NOW, make_office
from workflow.database import Database


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database that commands work on, at today's schema."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where commands keep what they make."""
    folder = tmp_path / "donnees"
    monkeypatch.setenv("MICROPROJETS_DONNEES", str(folder))
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Do one command: its exit code, and what it said."""

    def command(*arguments: str | Path) -> tuple[int, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return command


@pytest.fixture
def database(url: str) -> Generator[Database]:
    with opened(url) as database:
        with database.unit_of_work() as session:
            office = make_office(session)
            opening = Opening("microprojets", NOW.date(), values={"titre": "Jardin"})
            open_dossier(session, default_engine(), office.identity(), opening, NOW)
        yield database
