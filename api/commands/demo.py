"""`demo`: the two demonstrations, beside whatever is there."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    year_2009: Annotated[
        bool, typer.Option("--2009", help="L'année 2009 seulement, rejouée à ses dates.")
    ] = False,
    living: Annotated[
        bool, typer.Option("--vivante", help="L'organisme fictif seulement, à ce jour.")
    ] = False,
) -> None:
    """Charge les démonstrations qui manquent, chacune dans un organisme à elle."""
    from api.composition import engine_of
    from api.house import utc_now
    from api.settings import load_settings
    from api.startup import current_database, ready_database, ready_pipelines
    from api.terminal import show_accounts
    from grants.demonstration.replay import Which, load_demonstration
    from grants.dossiers.pieces.storage import Storage

    only: Which | None = None
    if year_2009 != living:
        only = "2009" if year_2009 else "vivante"
    settings = load_settings()
    engine = engine_of(settings)
    ready_database(settings, utc_now())
    with current_database(settings) as database:
        ready_pipelines(database, engine.catalogue, utc_now())
        files = Storage(settings.files_folder)
        show_accounts(load_demonstration(database, engine, utc_now(), files, only=only))
