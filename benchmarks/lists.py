"""The list of fifty dossiers over HTTP: the house's, SQL by hand, Django; one process each."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from api.composition import build_engine
from benchmarks.crowding import crowd
from benchmarks.django_site.configuration import TEMPLATES_VARIABLE, URL_VARIABLE, configure
from benchmarks.list_peers import by_hand
from benchmarks.list_peers.frame import same, template_from, where_they_differ
from benchmarks.places import empty_database
from benchmarks.posts import house_visitor
from benchmarks.rounds import Rates, interleave
from benchmarks.servers import HOST, Client, Server, free_port, get, serving, status_of, wait_for
from tests.builders.databases import build_schema
from workflow.database import Database

HOUSE, BY_HAND, DJANGO = "Microprojets", "SQL à la main + Jinja2", "Django + Jinja2"
#: What is asked for, by the name of its template.
ADDRESSES = {"toutes": "/liste?dispositif=microprojets"}
ADDRESSES["cts"] = f"{ADDRESSES['toutes']}&etape=cts"
CLIENTS = (1, 8)
DOSSIERS = 10_000
_OK = 200


class ListsDiffer(RuntimeError):
    """Two peers do not show the same page: their speeds would not compare."""


class ListRefused(RuntimeError):
    """A peer did not show the list: nothing would be measured."""


@dataclass(frozen=True, slots=True)
class ListResult:
    """The rates of each peer for one address, on one kind of database, with that many clients."""

    kind: str
    address: str
    clients: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Site:
    """A peer's server, and how somebody signed in there asks for an address."""

    server: Server
    ask: Callable[[str], bytes]

    def page(self, address: str) -> str:
        """The page at an address. Raises ListRefused."""
        answer = wait_for(self.server, self.ask(address))
        if status_of(answer) != _OK:
            raise ListRefused(answer[:600].decode("utf-8", "replace"))
        return answer.partition(b"\r\n\r\n")[2].decode()


def measure(kind: str, rounds: int, batch: int) -> list[ListResult]:
    """Every peer shows the same page; then each is asked in turn."""
    with empty_database(kind) as url, ExitStack() as stack:
        build_schema(url)
        database = Database(url)
        crowd(database, build_engine(), DOSSIERS)
        database.dispose()
        sites = _sites(stack, url)
        _check_same(sites)
        return [
            ListResult(kind, address, clients, _rates(sites, address, clients, rounds, batch))
            for address in ADDRESSES.values()
            for clients in CLIENTS
        ]


def _sites(stack: ExitStack, url: str) -> dict[str, Site]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="microprojets-bench-")))
    cookie, _csrf = house_visitor(url)
    house = _house(stack, url, folder, cookie)
    for name, address in ADDRESSES.items():
        (folder / f"liste-{name}.html").write_text(template_from(house.page(address)), "utf-8")
    return {
        HOUSE: house,
        BY_HAND: _by_hand(stack, url, folder, cookie),
        DJANGO: _django(stack, url, folder),
    }


def _house(stack: ExitStack, url: str, folder: Path, cookie: str) -> Site:
    port = free_port()
    environment = {"DATABASE_URL": url, "MICROPROJETS_DONNEES": str(folder)}
    arguments = ["run", "--port", str(port)]
    server = stack.enter_context(serving("api.cli", arguments, environment, port))
    return Site(server, lambda address: get(address, cookie))


def _by_hand(stack: ExitStack, url: str, folder: Path, cookie: str) -> Site:
    port = free_port()
    environment = {by_hand.URL: url, by_hand.PORT: str(port), by_hand.FOLDER: str(folder)}
    module = "benchmarks.list_peers.by_hand"
    server = stack.enter_context(serving(module, [], environment, port))
    return Site(server, lambda address: get(address, cookie))


def _django(stack: ExitStack, url: str, folder: Path) -> Site:
    configure(url)
    from benchmarks.django_site.visitor import let_in

    session, secret = let_in()
    port = free_port()
    arguments = [
        *("--bind", f"{HOST}:{port}", "--workers", "1", "--threads", "8"),
        *("--worker-class", "gthread", "--keep-alive", "60", "--access-logfile", "-"),
        "benchmarks.django_site.wsgi:application",
    ]
    environment = {URL_VARIABLE: url, TEMPLATES_VARIABLE: str(folder)}
    server = stack.enter_context(serving("gunicorn", arguments, environment, port))
    return Site(server, lambda address: get(address, f"sessionid={session}; csrftoken={secret}"))


def _check_same(sites: dict[str, Site]) -> None:
    for address in ADDRESSES.values():
        pages = {name: same(site.page(address)) for name, site in sites.items()}
        for name, page in pages.items():
            if page != pages[HOUSE]:
                told = where_they_differ(pages[HOUSE], page)
                raise ListsDiffer(f"{name}, {address}:\n{told}")


def _rates(sites: dict[str, Site], address: str, clients: int, rounds: int, batch: int) -> Rates:
    with ThreadPoolExecutor(clients) as pool:

        def run(site: Site) -> float:
            request = site.ask(address)
            with ExitStack() as stack:
                browsers = [stack.enter_context(Client(site.server.port)) for _ in range(clients)]
                start = time.perf_counter()
                list(pool.map(lambda browser: _ask(browser, request, batch // clients), browsers))
                return batch // clients * clients / (time.perf_counter() - start)

        return interleave(
            {name: lambda site=site: run(site) for name, site in sites.items()}, rounds
        )


def _ask(browser: Client, request: bytes, times: int) -> None:
    for _ in range(times):
        answer = browser.ask(request)
        if status_of(answer) != _OK:
            raise ListRefused(answer[:600].decode("utf-8", "replace"))
