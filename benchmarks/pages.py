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
from sqlalchemy import func, select

from api.composition import build_engine
from api.main import create_app
from api.settings import Settings
from benchmarks.crowding import REFERENTS, Crowd
from benchmarks.crowds import Crowded, crowds
from benchmarks.posts import house_visitor
from grants.dossiers.listing import SORTS
from grants.dossiers.tables import Dossier
from tests.builders.counting import statements_of
from workflow.database import Database, table_of

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 100_000)
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
    """Every page on one kind of database, by number of dossiers.

    `ratios`: the largest number against the smallest, the median of the rounds.
    """

    kind: str
    times: Mapping[int, tuple[PageTime, ...]]
    ratios: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _House:
    """The application over one crowd, and somebody signed in there."""

    app: FastAPI
    database: Database
    cookie: str
    addresses: Mapping[str, str]

    def ask(self, page: str) -> float:
        """Milliseconds until the whole answer."""
        start = time.perf_counter()
        _ask(self.app, self.addresses[page], self.cookie)
        return (time.perf_counter() - start) * 1000


def measure(kind: str, sizes: tuple[int, ...], rounds: int) -> GrowthResult:
    """Show each page at each size in turn, round after round."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with (
        crowds(kind, sizes) as filled,
        tempfile.TemporaryDirectory(prefix="microprojets-bench-") as folder,
    ):
        houses = {size: _house(each, Path(folder)) for size, each in filled.items()}
        first, *_, last = houses
        times: dict[int, list[PageTime]] = {size: [] for size in houses}
        ratios: dict[str, float] = {}
        for page in houses[first].addresses:
            sent = {size: _statements(house, page) for size, house in houses.items()}
            taken: dict[int, list[float]] = {size: [] for size in houses}
            for _ in range(rounds):
                for size, house in houses.items():
                    taken[size].append(house.ask(page))
            for size, each in taken.items():
                times[size].append(PageTime(page, statistics.median(each), sent[size]))
            pairs = zip(taken[last], taken[first], strict=True)
            ratios[page] = statistics.median(large / small for large, small in pairs)
        for house in houses.values():
            house.database.dispose()
    return GrowthResult(kind, {size: tuple(each) for size, each in times.items()}, ratios)


def _house(filled: Crowded, folder: Path) -> _House:
    engine, database = build_engine(), Database(filled.url)
    settings = Settings(data_folder=folder, database_url=filled.url, secret="x" * 40)
    app = create_app(settings, database=database, engine=engine)
    cookie, _csrf = house_visitor(filled.url)
    return _House(app, database, cookie, addresses(filled.of, _alike(database, filled.of)))


def _alike(database: Database, of: Crowd) -> int:
    """A dossier that shows the same at every size: presented to the comité, in charge of one."""
    dossier = table_of(Dossier)
    query = select(func.min(dossier.c.id)).where(
        dossier.c.organisme_id == of.organisme_id,
        *(dossier.c.pipeline == "microprojets", dossier.c.stage == "cts"),
        *(dossier.c.structure_id.is_not(None), dossier.c.referent_id.is_not(None)),
        dossier.c.montant_accorde.is_(None),
    )
    with database.reading() as session:
        return session.connection().execute(query).scalar_one()


def _statements(house: _House, page: str) -> int:
    for _ in range(_WARM_UP):
        house.ask(page)
    with statements_of(house.database) as sent:
        house.ask(page)
    return len(sent)


def addresses(of: Crowd, dossier: int) -> dict[str, str]:
    """What is shown, by the name of the page."""
    liste = "/liste?dispositif=microprojets"
    referent = of.compte_id + REFERENTS // 2
    found = {
        "Aujourd’hui": "/aujourdhui",
        "Tableau": "/tableau",
        "Tableau, un référent": f"/tableau?referent={referent}",
        "Tableau, un département": "/tableau?departement=34",
        "Liste, tous dispositifs": "/liste",
        "Dossier": f"/dossiers/{dossier}",
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
            for word, sense in (("croissant", "asc"), ("décroissant", "desc")):
                address = f"{liste}{narrowed}&tri={key}&sens={sense}"
                found[f"Liste par {key} {word}{label}"] = address
    return found


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
