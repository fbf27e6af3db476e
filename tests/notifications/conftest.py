"""One database for the tests of letters, on each kind in turn."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from workflow.database import Database


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    found = Database(database_url)
    yield found
    found.dispose()
