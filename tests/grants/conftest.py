"""What the tests of the domain stand on: a database, and two organismes that must not meet."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from api.composition import default_engine
from tests.builders.offices import Office, make_office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    """An empty database with its tables, on each kind in turn."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of the shipped pipelines."""
    return default_engine()


@pytest.fixture
def office(database: Database) -> Office:
    """An organisme with one person of every role."""
    with database.unit_of_work() as session:
        return make_office(session)


@pytest.fixture
def other_office(database: Database) -> Office:
    """Another organisme, that the first must never see."""
    with database.unit_of_work() as session:
        return make_office(session, "Autre 11", "autre11.example")
