"""What the tests of the clock's work stand on: one office's counter."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office, make_office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def counter(database: Database, engine: Engine, office: Office) -> Counter:
    """A counter that receives toy dossiers as well as real ones."""
    return Counter(database, engine, office)


@pytest.fixture
def postgresql_counter(postgresql_url: str, engine: Engine) -> Generator[Counter]:
    """The same, where only PostgreSQL makes sense."""
    database = Database(postgresql_url)
    with database.unit_of_work() as session:
        office = make_office(session)
    yield Counter(database, engine, office)
    database.dispose()
