"""`journal`: prove that nobody rewrote the past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workflow.errors import DomainError

if TYPE_CHECKING:
    from workflow.journal_check import Anchor


class NotAnAnchor(DomainError):
    """La ligne {number} de {path} n'est pas une ancre du journal."""

    code = "ancre_illisible"


app = typer.Typer(help="Vérifie le journal, ou en exporte les ancres.", no_args_is_help=True)


@app.command("verify")
def verify_journal(
    anchor_files: Annotated[
        list[Path] | None,
        typer.Option("--ancre", help="Fichier d'ancres à comparer (répétable)."),
    ] = None,
) -> None:
    """Relit tout le journal et dit quelle entrée fut altérée, retirée, déplacée ou coupée."""
    from api.schema import JOURNAL_OWNERS
    from api.settings import load_settings
    from api.startup import current_database
    from workflow.journal_check import verify

    anchors = [anchor for path in anchor_files or () for anchor in _read_anchors(path)]
    with current_database(load_settings()) as database, database.reading() as session:
        found = verify(session.connection(), JOURNAL_OWNERS, anchors)
    for finding in found.findings:
        typer.echo(finding)
    read = f"{found.entries} entrées de {found.chains} registres relues"
    against = f", comparées à {len(anchors)} ancres" if anchors else ""
    erased = f" ({found.erased} contenus effacés)" if found.erased else ""
    if not found.sound:
        typer.echo(f"{read}{against} : {len(found.findings)} anomalies.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{read}{against}{erased} : aucune anomalie.")


@app.command("ancrer")
def export(
    file: Annotated[Path | None, typer.Argument(help="Fichier à écrire ; sinon, l'écran.")] = None,
) -> None:
    """Exporte la tête de chaque registre, à garder hors de la base."""
    from api.schema import JOURNAL_OWNERS
    from api.settings import load_settings
    from api.startup import current_database
    from workflow.journal_check import export_anchors

    with current_database(load_settings()) as database, database.reading() as session:
        lines = [
            anchor.as_line() for anchor in export_anchors(session.connection(), JOURNAL_OWNERS)
        ]
    if file is None:
        for line in lines:
            typer.echo(line)
        return
    with file.open("x", encoding="utf-8") as into:
        into.writelines(f"{line}\n" for line in lines)
    typer.echo(f"{len(lines)} ancres écrites dans {file}")


def _read_anchors(path: Path) -> Iterator[Anchor]:
    from workflow.journal_check import read_anchor

    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            yield read_anchor(line)
        except (ValueError, TypeError) as error:
            raise NotAnAnchor(number=number, path=path) from error
