"""`backup` and `restore`: one file for the whole database and the files handed in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workflow.journal_check import Verification


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Fichier à écrire ; sinon, dans le dossier de données.")
    ] = None,
) -> None:
    """Sauvegarde la base et les fichiers des pièces ensemble, sans arrêter l'application."""
    from api.backup.archive import read
    from api.backup.take import take
    from api.house import utc_now
    from api.settings import load_settings
    from api.startup import new_backup_path
    from grants.dossiers.pieces.storage import Storage

    settings = load_settings()
    path = file or new_backup_path(settings, utc_now(), "microprojets")
    manifest = take(settings.database, path, utc_now(), Storage(settings.files_folder))
    with read(path):  # what was written is what will be read
        rows = sum(table.lines for table in manifest.tables)
    count = manifest.files.lines if manifest.files else 0
    files = f" et {count} fichier{'s' * (count > 1)}" if count else ""
    typer.echo(f"{rows} lignes de {len(manifest.tables)} tables{files} sauvegardées dans {path}")
    if manifest.lost:
        typer.echo(f"Fichiers introuvables sur le disque : {manifest.lost}.", err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="Sauvegarde à restaurer.")],
) -> None:
    """Restaure une sauvegarde dans une base vide : tout, ou rien."""
    from api.backup.restore import restore as restore_file
    from api.settings import load_settings
    from grants.dossiers.pieces.storage import Storage
    from workflow.dates import format_datetime

    settings = load_settings()
    restored = restore_file(file, settings.database, Storage(settings.files_folder))
    when = format_datetime(restored.manifest.taken_at)
    typer.echo(f"{restored.rows} lignes restaurées, telles qu'elles étaient le {when}.")
    _tell_journal(restored.journal)


def _tell_journal(journal: Verification) -> None:
    if journal.sound:
        typer.echo(f"Journal relu : {journal.entries} entrées, aucune anomalie.")
        return
    for finding in journal.findings:
        typer.echo(finding)
    typer.echo("Ces anomalies du journal étaient déjà dans la base sauvegardée.", err=True)
    raise typer.Exit(1)
