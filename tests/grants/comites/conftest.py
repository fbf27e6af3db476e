"""What the tests of a comité stand on: a dossier on the agenda of a séance about to open."""

from __future__ import annotations

import pytest

from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine


@pytest.fixture
def counter(database: Database, engine: Engine, office: Office) -> Counter:
    """A counter with one dossier before the comité."""
    counter = Counter(database, engine, office)
    counter.take_to("cts")
    return counter


@pytest.fixture
def hearing(counter: Counter) -> Hearing:
    """Its séance: five members with a vote are convened, nobody is there yet."""
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    hearing.convene()
    return hearing
