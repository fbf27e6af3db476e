"""Databases filled with a crowd, kept from one run to the next where a folder is given for them.

A million dossiers take minutes to write: `BENCH_CROWDS` names a folder where they stay as long
as what fills them does not change; newer migrations are run on them.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from api.composition import build_engine
from benchmarks import crowding
from benchmarks.crowding import Crowd, crowd
from benchmarks.seeding import tidy
from grants.rapport.folding import fold_moves
from tests.builders.databases import build_schema
from tests.builders.postgres import PostgresServer
from workflow.database import Database

FOLDER = "BENCH_CROWDS"


@dataclass(frozen=True, slots=True)
class Crowded:
    """A filled database: where it is, and who visits it."""

    url: str
    of: Crowd


@contextmanager
def crowds(kind: str, sizes: Sequence[int]) -> Iterator[dict[int, Crowded]]:
    """A filled database for each size, all at hand together."""
    with ExitStack() as stack:
        folder = Path(os.environ.get(FOLDER) or stack.enter_context(_passing()))
        folder.mkdir(parents=True, exist_ok=True)
        address = _files(folder) if kind == "sqlite" else stack.enter_context(_server(folder))
        yield {size: _filled(folder, kind, size, address) for size in sizes}


class _Addresses:
    """Where the database of a name is; `fresh` makes an empty one of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.sqlite"

    def fresh(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            (self._folder / f"{name}.sqlite{suffix}").unlink(missing_ok=True)


class _Databases(_Addresses):
    """The same on a server."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def url(self, name: str) -> str:
        return self._server.url(name)

    def fresh(self, name: str) -> None:
        admin = self._server.url().replace("+psycopg", "")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())


def _files(folder: Path) -> _Addresses:
    return _Addresses(folder)


@contextmanager
def _server(folder: Path) -> Iterator[_Databases]:
    server = PostgresServer(folder / "server", durable=True)
    if not server.data.exists():
        server.create()
    server.start()
    try:
        yield _Databases(server)
    finally:
        server.stop()


@contextmanager
def _passing() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="microprojets-bench-") as name:
        Path(name).chmod(0o755)  # PostgreSQL may run as another user
        yield name


def _filled(folder: Path, kind: str, size: int, addresses: _Addresses) -> Crowded:
    name = f"crowd_{size}_{_digest()}"
    told = folder / f"{kind}-{name}.json"
    with suppress(FileNotFoundError):
        kept = Crowd(**json.loads(told.read_text("utf-8")))
        build_schema(addresses.url(name))  # the migrations written since
        _count(addresses.url(name))
        return Crowded(addresses.url(name), kept)
    addresses.fresh(name)
    began = time.perf_counter()
    build_schema(addresses.url(name))
    database = Database(addresses.url(name))
    found = Crowded(addresses.url(name), crowd(database, build_engine(), size))
    database.dispose()
    _count(found.url)
    told.write_text(json.dumps(asdict(found.of)), "utf-8")
    seconds = time.perf_counter() - began
    print(f"  {kind}, {size} dossiers écrits en {seconds:.0f} s", file=sys.stderr, flush=True)
    return found


def _count(url: str) -> None:
    """What the clock does within a minute: count what was written or left to be counted."""
    database = Database(url)
    counted = fold_moves(database, build_engine())
    if counted:
        tidy(database)
    database.dispose()


def _digest() -> str:
    """What a kept database was made by."""
    return hashlib.sha256(Path(crowding.__file__).read_bytes()).hexdigest()[:8]
