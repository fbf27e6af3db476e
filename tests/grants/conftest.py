"""What the tests of the domain stand on: a database, and two organismes that must not meet."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from api.composition import default_engine
from tests.builders.databases import SchemaBuilder
from tests.builders.offices import Office
from tests.builders.worlds import World, world_of
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
def schema_builder(request: pytest.FixtureRequest) -> SchemaBuilder:
    """What the databases of a test hold from the start: what its other fixtures tell of."""
    return world_of(request.fixturenames)


@pytest.fixture
def office(database: Database, schema_builder: World) -> Office:
    """An organisme with one person of every role."""
    return schema_builder.offices[0]


@pytest.fixture
def other_office(database: Database, office: Office, schema_builder: World) -> Office:
    """Another organisme, that the first must never see."""
    return schema_builder.offices[1]
