"""`pv`: is this file the minutes that were validated?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Vérifie un procès-verbal de séance.", no_args_is_help=True)


@app.callback()
def pv() -> None:
    """Vérifie un procès-verbal de séance."""


@app.command("verify")
def verify_file(
    file: Annotated[Path, typer.Argument(help="Le PDF reçu, tel quel.")],
    seance: Annotated[
        int | None,
        typer.Option("--seance", help="Le numéro de la séance attendue, lu dans son adresse."),
    ] = None,
) -> None:
    """Dit en une phrase si ce PDF est le procès-verbal qui a été validé, et sinon ce qu'il est."""
    from api.settings import load_settings
    from api.startup import current_database
    from grants.comites.papiers.verification import verify_minutes

    content = file.read_bytes()
    with current_database(load_settings()) as database, database.reading() as session:
        verdict = verify_minutes(session.connection(), content, seance)
    typer.echo(verdict.sentence, err=not verdict.genuine)
    if not verdict.genuine:
        raise typer.Exit(1)
