"""`run`: the application, from an empty folder to a page in the browser."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from api.winding import Winding

if TYPE_CHECKING:
    from api.settings import Settings
    from grants.demonstration.comptes import DemoAccount
    from workflow.database import Database
    from workflow.engine import Engine

_GRACE_SECONDS = 10


def run(
    host: Annotated[str | None, typer.Option(help="Adresse où écouter.")] = None,
    port: Annotated[int | None, typer.Option(help="Port où écouter.")] = None,
    demonstration: Annotated[
        bool | None,
        typer.Option(
            "--demonstration/--vide",
            help="Au tout premier lancement : charger la démonstration, ou partir d'une base vide.",
        ),
    ] = None,
) -> None:
    """Prépare la base si besoin, puis ouvre l'application."""
    gc.disable()  # loading makes no garbage: looking for some took a fifth of the start
    try:
        settings, listening = _load(host, port)
    finally:
        gc.freeze()
        gc.enable()
    with listening:
        _start(settings, listening, demonstration)


def _load(host: str | None, port: int | None) -> tuple[Settings, socket.socket]:
    """Import all that serving takes, once the place to listen is taken."""
    from api.listening import listen
    from api.logs import configure_logs
    from api.settings import load_settings

    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    configure_logs(settings.log_format)
    # First of all: two programs that start at once must not both prepare the database.
    listening = listen(settings.host, settings.port)
    load_all()
    return settings, listening


def load_all() -> None:
    """Import all that a server needs before its first page; the rest waits until it is asked."""
    for name in ("api.logs", "uvicorn", "api.startup", "api.main"):
        import_module(name)


def _start(settings: Settings, listening: socket.socket, demonstration: bool | None) -> None:
    from api.composition import engine_of
    from api.house import utc_now
    from api.migrate import State
    from api.startup import demonstrate, listed, ready_database, ready_pipelines, shown_accounts
    from workflow.database import Database, sqlite_warning

    engine = engine_of(settings)
    readied = ready_database(settings, utc_now())
    if readied.saved:
        typer.echo(f"Base mise à jour ; copie de l'ancienne : {readied.saved}")
    database = Database(settings.database)
    if changed := ready_pipelines(database, engine.catalogue, utc_now()):
        typer.echo(f"Fichier modifié sous une version déjà suivie : {listed(changed)}", err=True)
    if readied.found is State.EMPTY:
        demonstrate(settings, database, engine, utc_now(), wanted=demonstration)
    if database.is_sqlite and (warning := sqlite_warning()):
        typer.echo(warning, err=True)
    _welcome(settings, shown_accounts(database), database)
    _serve(settings, database, engine, listening)


def _give_memory_back() -> None:
    """Return to the system what a first start took and no longer uses: a fifth of the whole."""
    import ctypes

    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def _serve(
    settings: Settings, database: Database, engine: Engine, listening: socket.socket
) -> None:
    import uvicorn

    from api.main import create_app
    from api.winding import clock_of

    app = create_app(settings, database=database, engine=engine)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        proxy_headers=bool(settings.trusted_proxies),
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    clock = Winding(lambda: clock_of(settings, database, engine))
    # uvicorn stops by itself, then hands the signal on: what is under way here ends too.
    signal.signal(signal.SIGTERM, _leave)
    if settings.clock:
        clock.start()
    _give_memory_back()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        clock.stop()
        database.dispose()


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def _welcome(settings: Settings, accounts: list[DemoAccount], database: Database) -> None:
    from api.start_code import start_notice
    from grants.organisation.accounts import is_empty

    typer.echo(f"Microprojets : {settings.address}   (Ctrl+C pour arrêter)")
    with database.reading() as session:
        empty = is_empty(session.connection())
    if empty and (notice := start_notice(settings)):
        typer.echo(notice)
    if accounts:
        from api.terminal import show_accounts

        show_accounts(accounts)
