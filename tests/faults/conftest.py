"""Databases and folders for servers that are killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.migrate import upgrade
from api.rendering import Pages
from tests.builders.run_folder import RunFolder


@pytest.fixture
def folder(run_folder: RunFolder, request: pytest.FixtureRequest) -> Path:
    """A folder on a real disk, for what must survive."""
    made = run_folder.disk / f"arret-{abs(hash(request.node.nodeid))}"
    made.mkdir()
    return made


@pytest.fixture
def sqlite_on_disk(folder: Path) -> str:
    """A SQLite database whose every commit reaches the disk."""
    url = f"sqlite:///{folder / 'base.sqlite3'}"
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def pages() -> Pages:
    """The templates, compiled once for all tests."""
    return Pages()
