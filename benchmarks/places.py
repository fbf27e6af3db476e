"""Where the measures run: a filled database on disk, of each kind, with what it acknowledges."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from benchmarks.orders import Orders
from benchmarks.seeding import seed
from tests.builders.databases import build_schema
from tests.builders.postgres import PostgresServer
from workflow.database import Database

KINDS = ("sqlite", "postgresql")


@contextmanager
def filled_database(kind: str, dossiers: int) -> Iterator[tuple[str, Orders]]:
    """The URL of a database with that many dossiers ready to move. Removed afterwards."""
    with empty_database(kind) as url:
        build_schema(url)
        database = Database(url)
        ids = seed(database, dossiers)
        database.dispose()
        yield url, Orders(ids)


@contextmanager
def empty_database(kind: str) -> Iterator[str]:
    """The URL of an empty database, durable as in production. Removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="microprojets-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may run as another user
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'bench.sqlite'}"
        else:
            with PostgresServer(folder / "server", durable=True) as server:
                yield server.url()


def is_sqlite(url: str) -> bool:
    """Whether this is the URL of a file."""
    return make_url(url).get_backend_name() == "sqlite"
