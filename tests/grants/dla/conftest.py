"""What the tests of the DLA stand on."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.builders.bureau import Bureau
from tests.builders.consultations import Consulting
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def session(database: Database, office: Office) -> Generator[Session]:
    """One transaction, in an organisme."""
    with database.unit_of_work() as session:
        yield session


@pytest.fixture
def consulting(database: Database, engine: Engine, office: Office) -> Consulting:
    """A dossier that stands at its consultation, nothing of which has begun."""
    charge = office.identity("charge_de_mission")
    bureau = Bureau(database, engine, office.identity(), charge)
    bureau.to_consultation()
    return Consulting(database, engine, charge, bureau.dossier, bureau.now + timedelta(hours=1))
