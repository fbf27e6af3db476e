"""One database of each kind for the tests of letters, emptied of them before each."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from sqlalchemy import delete

from notifications.courrier_table import (
    AdresseSuspendue,
    Cadence,
    Courrier,
    CourrierRappel,
    PieceJointe,
)
from tests.builders.databases import KINDS, Databases, build_schema
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance

_OF_LETTERS = (CourrierRappel, Echeance, PieceJointe, Courrier, AdresseSuspendue, Cadence)


@pytest.fixture(scope="module", params=KINDS)
def database_of_letters(
    request: pytest.FixtureRequest, databases: Databases
) -> Generator[Database]:
    with databases.fresh(request.param, build_schema) as url:
        found = Database(url)
        yield found
        found.dispose()


@pytest.fixture
def database(database_of_letters: Database) -> Database:
    """Without any letter, of which these tests make all."""
    with database_of_letters.unit_of_work() as session:
        for model in _OF_LETTERS:
            session.connection().execute(delete(table_of(model)))
    return database_of_letters
