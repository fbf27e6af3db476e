"""`scheduler`: the clock alone, without the site."""

from __future__ import annotations

import signal
import threading

import typer


def scheduler() -> None:
    """Tient l'horloge seule, sans le site : rappels, annonces et échéances, jusqu'à l'arrêt."""
    from api.composition import engine_of
    from api.house import utc_now
    from api.logs import configure_logs
    from api.settings import load_settings
    from api.startup import current_database, listed, ready_pipelines
    from api.winding import clock_of

    settings = load_settings()
    engine = engine_of(settings)
    with current_database(settings) as database:
        configure_logs(settings.log_format)
        if changed := ready_pipelines(database, engine.catalogue, utc_now()):
            typer.echo(f"Fichier modifié sous une version suivie : {listed(changed)}", err=True)
        clock, asked_to_stop = clock_of(settings, database, engine), threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda _signal, _frame: asked_to_stop.set())
        clock.start()
        typer.echo("Horloge en marche (Ctrl+C pour arrêter)")
        asked_to_stop.wait()
        clock.stop()
    typer.echo("Horloge arrêtée")
