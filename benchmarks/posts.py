"""(a) The same move sent by a browser's form, over HTTP on loopback, one server process each."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from benchmarks.django_site.configuration import URL_VARIABLE, configure
from benchmarks.moves import CLIENTS, Effort
from benchmarks.orders import ACTION, COMPTE, ORGANISME, Order, Orders
from benchmarks.places import filled_database
from benchmarks.rounds import WARM_UP, Rates, interleave
from benchmarks.servers import HOST, Client, Server, free_port, post, serving, status_of, wait_for
from grants.organisation.connexions import Lifetime, digest_of, open_connexion
from grants.organisation.tables import Connexion
from workflow.database import Database, table_of

HOUSE, DJANGO = "Microprojets", "Django + django-fsm-2"
_SEE_OTHER = 303
_THREADS = 8


class PostRefused(RuntimeError):
    """A server did not accept the move: nothing would be measured."""


@dataclass(frozen=True, slots=True)
class Site:
    """A server, and how a browser that is signed in there writes an order."""

    server: Server
    write: Callable[[Order], bytes]


@dataclass(frozen=True, slots=True)
class PostResult:
    """The rates of both sites on one kind of database, with that many clients."""

    kind: str
    clients: int
    rates: Rates


def measure(kind: str, effort: Effort) -> list[PostResult]:
    """Both servers run, each is asked in turn."""
    dossiers = 2 + 2 * (effort.rounds + WARM_UP) * effort.batch * 3
    with filled_database(kind, dossiers) as (url, orders), ExitStack() as stack:
        sites = {HOUSE: _house(stack, url), DJANGO: _django(stack, url)}
        for site in sites.values():
            wait_for(site.server, site.write(*orders.take(1)))
        batches = {clients: effort.batch * (1 if clients == 1 else 2) for clients in CLIENTS}
        return [
            PostResult(kind, clients, _rates(sites, orders, clients, effort.rounds, batch))
            for clients, batch in batches.items()
        ]


def _rates(sites: dict[str, Site], orders: Orders, clients: int, rounds: int, batch: int) -> Rates:
    with ThreadPoolExecutor(clients) as pool:

        def run(name: str) -> float:
            site = sites[name]
            shares = [orders.take(batch // clients) for _ in range(clients)]
            sent = [[site.write(order) for order in share] for share in shares]
            with ExitStack() as stack:
                browsers = [stack.enter_context(Client(site.server.port)) for _ in sent]
                start = time.perf_counter()
                list(pool.map(_send, browsers, sent))
                return batch // clients * clients / (time.perf_counter() - start)

        return interleave({name: lambda name=name: run(name) for name in sites}, rounds)


def _send(browser: Client, requests: Sequence[bytes]) -> None:
    for request in requests:
        answer = browser.ask(request)
        if status_of(answer) != _SEE_OTHER:
            raise PostRefused(answer[:500].decode("utf-8", "replace"))


def _house(stack: ExitStack, url: str) -> Site:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="microprojets-bench-"))
    environment = {"DATABASE_URL": url, "MICROPROJETS_DONNEES": folder}
    port = free_port()
    cookie, csrf = house_visitor(url)
    arguments = ["run", "--port", str(port)]
    server = stack.enter_context(serving("api.cli", arguments, environment, port))

    def write(order: Order) -> bytes:
        return _write(order, cookie, {"csrf_token": csrf})

    return Site(server, write)


def house_visitor(url: str) -> tuple[str, str]:
    """The cookie and the CSRF token of somebody signed in."""
    database = Database(url)
    now = datetime.now(UTC)
    lifetime = Lifetime(idle=timedelta(hours=12), whole=timedelta(days=7))
    with database.unit_of_work() as session:
        secret = open_connexion(session, COMPTE, ORGANISME, now, lifetime)
        opened = table_of(Connexion)
        query = select(opened.c.csrf).where(opened.c.digest == digest_of(secret))
        csrf = session.connection().execute(query).scalar_one()
    database.dispose()
    return f"microprojets_session={secret}", csrf


def _django(stack: ExitStack, url: str) -> Site:
    configure(url)
    from benchmarks.django_site.visitor import let_in

    session, secret = let_in()
    port = free_port()
    arguments = [
        *("--bind", f"{HOST}:{port}", "--workers", "1", "--threads", str(_THREADS)),
        # One line in the log for each request, as the application writes one.
        *("--worker-class", "gthread", "--keep-alive", "60", "--access-logfile", "-"),
        "benchmarks.django_site.wsgi:application",
    ]
    environment = {URL_VARIABLE: url}
    server = stack.enter_context(serving("gunicorn", arguments, environment, port))

    def write(order: Order) -> bytes:
        cookies = f"sessionid={session}; csrftoken={secret}"
        return _write(order, cookies, {"csrfmiddlewaretoken": secret})

    return Site(server, write)


def _write(order: Order, cookies: str, proof: dict[str, str]) -> bytes:
    fields = {
        **proof,
        "montant_accorde": order.amount,
        "lock_version": str(order.version),
        "idempotency_key": order.key,
    }
    return post(f"/dossiers/{order.dossier_id}/actions/{ACTION}", cookies, urlencode(fields))
