"""What the tests of the figures stand on: one office's counter."""

from __future__ import annotations

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def counter(database: Database, engine: Engine, office: Office) -> Counter:
    """A counter that receives microprojets."""
    return Counter(database, engine, office)
