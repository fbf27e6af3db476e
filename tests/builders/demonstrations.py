"""Both demonstrations, loaded once per run of the tests for each kind of database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from api.composition import build_engine
from grants.demonstration.replay import load_demonstration
from grants.dossiers.pieces.storage import Storage
from tests.builders.databases import build_schema
from workflow.database import Database

LOADED_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def papers() -> Storage:
    """Where the made-up documents go: nobody reads them here."""
    return Storage(Path(mkdtemp(prefix="pieces-")))


def build_demonstrations(url: str) -> None:
    """A database where both demonstrations were loaded."""
    build_schema(url)
    database = Database(url)
    load_demonstration(database, build_engine(), LOADED_AT, papers())
    database.dispose()
