"""The engine's tests have a table of their own beside the installation's."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from sqlmodel import Session

from tests.builders.databases import SchemaBuilder
from tests.builders.toys import engine_of, toy_pipeline
from tests.builders.workshop import Workshop, build_toy_schema
from workflow.database import Database


@pytest.fixture(scope="session")
def schema_builder() -> SchemaBuilder:
    """The workshop's table too."""
    return build_toy_schema


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    """A fresh database, on each kind in turn."""
    found = Database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def workshop_in() -> Callable[[Session], Workshop]:
    """The workshop, in the transaction that is given to it."""
    engine = engine_of(toy_pipeline())
    return lambda session: Workshop(engine, session.connection())


@pytest.fixture
def workshop(database: Database) -> Generator[Workshop]:
    """The bookbinder's workshop, in one transaction that stays open."""
    with database.unit_of_work() as session:
        yield Workshop(engine_of(toy_pipeline()), session.connection())
