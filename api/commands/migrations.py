"""`migrations`: the schema of the database, and whether its history is in order."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Met la base à jour, ou contrôle les migrations.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Met la base au niveau du programme, après en avoir fait une sauvegarde."""
    from api.house import utc_now
    from api.migrate import State, head
    from api.settings import load_settings
    from api.startup import ready_database

    readied = ready_database(load_settings(), utc_now())
    if readied.saved:
        typer.echo(f"Copie de l'ancienne base : {readied.saved}")
    already = "était déjà" if readied.found is State.CURRENT else "est"
    typer.echo(f"La base {already} à jour ({head()}).")


@app.command("state")
def show_state() -> None:
    """Dit où en est la base."""
    from api.migrate import head, opened, revision_of, state_of
    from api.settings import load_settings

    with opened(load_settings().database) as database, database.reading() as session:
        connection = session.connection()
        found, revision = state_of(connection), revision_of(connection)
    at = f" ({revision})" if revision else ""
    typer.echo(f"Base {found.value}{at} ; le programme attend {head()}.")


@app.command("check")
def check() -> None:
    """Contrôle que les migrations donnent bien les tables des modèles (sur SQLite)."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from api.schema_comparison import compare

    with TemporaryDirectory() as name:
        folder = Path(name)
        found = compare(f"sqlite:///{folder / 'migree'}", f"sqlite:///{folder / 'voulue'}")
    if found:
        typer.echo("\n".join(found))
        raise typer.Exit(1)
    typer.echo("Les migrations donnent les tables des modèles.")


@app.command("new")
def write_new(
    message: Annotated[str, typer.Argument(help="Ce qui change, en deux ou trois mots.")],
) -> None:
    """Écrit la migration suivante, à relire, d'après ce que les modèles ont de nouveau."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from api.migrate import apply, migrating, write_migration

    with (
        TemporaryDirectory() as name,
        migrating(f"sqlite:///{Path(name) / 'base'}") as connection,
    ):
        apply(connection)
        typer.echo(write_migration(connection, message))
