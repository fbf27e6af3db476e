"""What the tests of the DLA stand on."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from sqlmodel import Session

from tests.builders.offices import Office
from workflow.database import Database


@pytest.fixture
def session(database: Database, office: Office) -> Generator[Session]:
    """One transaction, in an organisme."""
    with database.unit_of_work() as session:
        yield session
