"""`pipelines`: the files that describe each dispositif."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workflow.errors import DomainError

if TYPE_CHECKING:
    from api.settings import Settings
    from workflow.loader import Catalogue


class UnknownPipeline(DomainError):
    """Il n'y a pas de dispositif « {key} ». Les dispositifs sont : {known}."""

    code = "dispositif_inconnu"


app = typer.Typer(help="Contrôle, énumère et dessine les dispositifs.", no_args_is_help=True)


@app.command("check")
def check() -> None:
    """Relève chaque défaut de chaque fichier, et les compare aux dossiers de la base."""
    from api.composition import engine_of
    from api.settings import load_settings

    settings = load_settings()
    catalogue = engine_of(settings).catalogue
    typer.echo(f"{len(catalogue.every())} dispositifs, sans défaut.")
    if not _agrees_with_database(settings, catalogue):
        raise typer.Exit(1)


@app.command("list")
def show_list() -> None:
    """Énumère les dispositifs, avec leur version et leur fichier."""
    from api.composition import engine_of
    from api.settings import load_settings
    from api.terminal import show_table

    show_table(
        "Dispositifs",
        ("Clé", "Version", "Nom", "Étapes", "Actions", "Fichier"),
        [
            (
                each.pipeline.key,
                str(each.pipeline.version),
                each.pipeline.label,
                str(len(each.pipeline.stages)),
                str(len(each.pipeline.actions)),
                each.file,
            )
            for each in engine_of(load_settings()).catalogue.every()
        ],
    )


@app.command("diagram")
def diagram(
    key: Annotated[str, typer.Argument(help="Clé du dispositif, comme « microprojets ».")],
) -> None:
    """Dessine un dispositif, au format Mermaid."""
    from api.composition import engine_of
    from api.settings import load_settings
    from workflow.diagram import mermaid

    catalogue = engine_of(load_settings()).catalogue
    loaded = catalogue.latest(key)
    if loaded is None:
        known = ", ".join(pipeline.key for pipeline in catalogue.current())
        raise UnknownPipeline(key=key, known=known)
    typer.echo(mermaid(loaded.pipeline))


def _agrees_with_database(settings: Settings, catalogue: Catalogue) -> bool:
    from api.migrate import State, opened, state_of
    from api.startup import examine_pipelines, listed
    from api.version import STABLE

    with opened(settings.database) as database, database.reading() as session:
        connection = session.connection()
        if (found := state_of(connection)) is not State.CURRENT:
            typer.echo(f"Base {found.value} : les dossiers ne sont pas comparés.")
            return True
        examined = examine_pipelines(connection, catalogue)
    if examined.orphaned:
        typer.echo(f"Suivis par des dossiers, sans fichier : {listed(examined.orphaned)}", err=True)
    if examined.changed:
        typer.echo(f"Modifiés sous une version suivie : {listed(examined.changed)}", err=True)
    return not examined.orphaned and not (examined.changed and STABLE)
