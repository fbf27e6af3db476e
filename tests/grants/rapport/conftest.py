"""What the tests of the figures stand on: one office's counter."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office, make_office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def counter(database: Database, engine: Engine, office: Office) -> Counter:
    """A counter that receives microprojets."""
    return Counter(database, engine, office)


@pytest.fixture
def sqlite_counter(sqlite_url: str, engine: Engine) -> Generator[Counter]:
    """The same, for what only one kind of database tells."""
    database = Database(sqlite_url)
    with database.unit_of_work() as session:
        office = make_office(session)
    yield Counter(database, engine, office)
    database.dispose()
