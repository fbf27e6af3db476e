"""What pages are measured on is what the application would have written itself."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from sqlalchemy import func, select

from api.composition import default_engine
from benchmarks.crowding import crowd
from grants.dossiers.counters import counted
from grants.dossiers.filters import D, Filters
from grants.recherche.queries import search
from tests.builders.crowd import write_dossier
from tests.builders.offices import make_office
from workflow.database import Database


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    found = Database(database_url)
    yield found
    found.dispose()


def test_a_crowd_is_counted_and_found_and_its_triggers_are_back(database: Database) -> None:
    of = crowd(database, default_engine(), 60)
    with database.unit_of_work() as session:
        office = make_office(session)
        write_dossier(session, office, titre="Lanterne")
    with database.reading() as session:
        connection = session.connection()
        there = select(func.count()).where(D.c.organisme_id == of.organisme_id)
        assert counted(connection, of.organisme_id, Filters()).count == 30
        assert connection.execute(there).scalar_one() == 30
        assert search(connection, of.organisme_id, "00000000000001", 5).structures
        assert len(search(connection, office.id, "lanterne", 5).dossiers) == 1
        assert counted(connection, office.id, Filters()).count == 1
