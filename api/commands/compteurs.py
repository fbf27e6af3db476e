"""`compteurs`: what pages add up instead of counting, checked and made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from workflow.database import Database
    from workflow.engine import Engine

app = typer.Typer(
    help="Vérifie les compteurs du tableau et du pilotage, ou les refait.", no_args_is_help=True
)
MOST_NAMED = 10


@app.command("verify")
def verify_counts() -> None:
    """Recompte tous les dossiers et dit quels compteurs s'en écartent."""
    from api.composition import engine_of
    from api.settings import load_settings
    from api.startup import current_database

    settings = load_settings()
    with current_database(settings) as database:
        found = _differences(database, engine_of(settings))
    for each in found[:MOST_NAMED]:
        typer.echo(each)
    if len(found) > MOST_NAMED:
        typer.echo(f"… et {len(found) - MOST_NAMED} autres.")
    if found:
        typer.echo(
            f"{len(found)} compteurs faux : « manage.py compteurs refaire » les refait.", err=True
        )
        raise typer.Exit(1)
    typer.echo("Tous les compteurs sont justes.")


@app.command("refaire")
def count_again() -> None:
    """Oublie tous les compteurs et recompte tous les dossiers."""
    from sqlalchemy import delete, table, text

    from api.composition import engine_of
    from api.migrations.compteurs_1 import filling
    from api.settings import load_settings
    from api.startup import current_database
    from grants.rapport.folding import count_anew

    settings = load_settings()
    with current_database(settings) as database:
        with database.unit_of_work() as session:
            connection = session.connection()
            sqlite = database.is_sqlite
            if not sqlite:
                # No dossier changes while they are counted: its change would be counted twice.
                connection.execute(text("LOCK TABLE dossier IN SHARE MODE"))
            for name in ("compteur_dossier",) if sqlite else ("compteur_dossier", "compteur_ecart"):
                connection.execute(delete(table(name)))
            for statement in filling(database.engine.dialect.name):
                connection.execute(text(statement))
        count = count_anew(database, engine_of(settings))
    typer.echo(f"Dossiers recomptés : {count}.")


def _differences(database: Database, engine: Engine) -> list[str]:
    """A line for each count that is wrong, all read as of one moment."""
    from sqlalchemy import text

    from grants.dossiers import counters
    from grants.rapport import folding

    with database.reading() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        places = counters.differences(connection)
        counts = folding.differences(connection, engine)
    found = [
        f"Tableau : organisme {organisme}, {pipeline}, étape {stage},"
        f" référent {referent or 'aucun'}, département {departement or 'aucun'}"
        for organisme, pipeline, stage, referent, departement in places
    ]
    return found + [
        f"Pilotage : organisme {organisme}, {key.pipeline}, {key.nature}, {key.mois},"
        f" étape {key.etape or 'toutes'}"
        for organisme, key in counts
    ]
