"""What the tests of the finances stand on: a counter with a microprojet being built."""

from __future__ import annotations

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def counter(database: Database, engine: Engine, office: Office) -> Counter:
    """A counter whose dossier at hand has its project sheet: 40 000 € of cost, 20 000 € asked."""
    found = Counter(database, engine, office)
    found.take_to("accompagnement")
    found.fill("projet")
    return found
