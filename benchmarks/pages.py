"""(d) Pages: time and number of statements as the dossiers become ten, a hundred times as many."""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI

from api.composition import build_engine
from api.main import create_app
from api.settings import Settings
from benchmarks.crowding import REFERENTS, Crowd, crowd
from benchmarks.places import empty_database
from benchmarks.posts import house_visitor
from grants.dossiers.listing import SORTS
from tests.builders.counting import statements_of
from tests.builders.databases import build_schema
from workflow.database import Database

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 100_000)
#: The pages that must not cost more as dossiers multiply; the others are told without a bound.
BOUNDED = ("Aujourd’hui", "Tableau", "Liste", "Dossier", "Recherche, ")
_OK = 200
_WARM_UP = 3


class PageRefused(RuntimeError):
    """A page was not shown: nothing would be measured."""


@dataclass(frozen=True, slots=True)
class PageTime:
    """One page at one size: milliseconds (median), and statements sent."""

    page: str
    ms: float
    statements: int


@dataclass(frozen=True, slots=True)
class GrowthResult:
    """Every page on one kind of database, by number of dossiers."""

    kind: str
    times: Mapping[int, tuple[PageTime, ...]]


def measure(kind: str, sizes: tuple[int, ...], rounds: int) -> GrowthResult:
    """Fill, then show each page in turn, round after round."""
    return GrowthResult(kind, {size: _at_size(kind, size, rounds) for size in sizes})


def addresses(of: Crowd) -> dict[str, str]:
    """What is shown, by the name of the page."""
    liste = "/liste?dispositif=microprojets"
    referent = of.compte_id + REFERENTS // 2
    found = {
        "Aujourd’hui": "/aujourdhui",
        "Tableau": "/tableau",
        "Tableau, un référent": f"/tableau?referent={referent}",
        "Tableau, un département": "/tableau?departement=34",
        "Liste, tous dispositifs": "/liste",
        "Dossier": f"/dossiers/{of.dossier_id}",
        "Pilotage": "/pilotage",
        "Recherche, un mot": "/recherche?q=recyclerie",
        "Recherche, début de mot": "/recherche?q=recy",
        "Recherche, deux mots": f"/recherche?q={quote('théâtre mobile')}",
        "Recherche, un SIRET": f"/recherche?q={1:014d}",
        "Recherche, mot mal tapé": "/recherche?q=recylcerie",
        "Recherche, rien": "/recherche?q=zzzzzz",
    }
    filters = {"": "", ", une étape": "&etape=cts", ", un référent": f"&referent={referent}"}
    filters[", un département"] = "&departement=34"
    for label, narrowed in filters.items():
        for key in SORTS:
            found[f"Liste par {key}{label}"] = f"{liste}{narrowed}&tri={key}"
    return found


def _at_size(kind: str, size: int, rounds: int) -> tuple[PageTime, ...]:
    engine = build_engine()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with (
        empty_database(kind) as url,
        tempfile.TemporaryDirectory(prefix="microprojets-bench-") as folder,
    ):
        build_schema(url)
        database = Database(url)
        started = time.perf_counter()
        of = crowd(database, engine, size)
        print(f"  {kind} {size} : {time.perf_counter() - started:.0f} s", flush=True)
        settings = Settings(data_folder=Path(folder), database_url=url, secret="x" * 40)
        app = create_app(settings, database=database, engine=engine)
        cookie, _ = house_visitor(url)
        shown = [
            _shown(app, database, page, address, cookie, rounds)
            for page, address in addresses(of).items()
        ]
        database.dispose()
        return tuple(shown)


def _shown(
    app: FastAPI, database: Database, page: str, address: str, cookie: str, rounds: int
) -> PageTime:
    for _ in range(_WARM_UP):
        _ask(app, address, cookie)
    with statements_of(database) as sent:
        _ask(app, address, cookie)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        _ask(app, address, cookie)
        times.append((time.perf_counter() - start) * 1000)
    return PageTime(page, statistics.median(times), len(sent))


def _ask(app: FastAPI, address: str, cookie: str) -> None:
    """One request through the whole application, without a network."""
    path, _, query = address.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    _LOOP.run_until_complete(app(scope, receive, send))
    if statuses != [_OK]:
        raise PageRefused(f"{address} : {statuses}")


_LOOP = asyncio.new_event_loop()
