"""`rapport`: the figures of a period, printed, and its papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workflow.errors import DomainError

if TYPE_CHECKING:
    from sqlalchemy import Connection


class WhichOrganisme(DomainError):
    """Précisez l'organisme avec --organisme : {connus}."""

    code = "organisme_a_preciser"


def rapport(
    periode: Annotated[str, typer.Argument(help="2009, 2009-S1, 2009-T3 ou 2009-06.")] = "",
    organisme: Annotated[
        str, typer.Option("--organisme", help="Le nom ou le sigle de l'organisme.")
    ] = "",
    du: Annotated[str, typer.Option("--du", help="Premier jour, à la place de la période.")] = "",
    au: Annotated[str, typer.Option("--au", help="Dernier jour.")] = "",
    chapitre: Annotated[
        list[str] | None,
        typer.Option("--chapitre", help="Un chapitre ; à répéter. Tous sans rien dire."),
    ] = None,
) -> None:
    """Dit tous les chiffres du rapport d'activité d'une période."""
    from api.composition import engine_of
    from api.house import utc_now
    from api.settings import load_settings
    from api.startup import current_database
    from grants.rapport.activite.periodes import read_period
    from grants.rapport.activite.plain import plain_report
    from grants.rapport.activite.reading import chapters_asked, read_report
    from workflow.dates import to_paris

    asked = {"periode": periode, "du": du, "au": au}
    period = read_period(asked, to_paris(utc_now()).date())
    chapters = chapters_asked(chapitre or [])
    settings = load_settings()
    engine = engine_of(settings)
    with current_database(settings) as database, database.reading() as session:
        connection = session.connection()
        for id in _organismes(connection, organisme):
            report = read_report(connection, engine, id, period, chapters)
            typer.echo(plain_report(report))


def _organismes(connection: Connection, named: str) -> list[int]:
    """The one that is named, or all of them. Raises WhichOrganisme."""
    from sqlalchemy import select

    from grants.organisation.tables import Organisme
    from workflow.database import table_of
    from workflow.texts import fold

    o = table_of(Organisme)
    known = connection.execute(select(o.c.id, o.c.nom, o.c.sigle).order_by(o.c.id)).all()
    asked = fold(named)
    found = [
        row.id for row in known if not asked or asked in (fold(row.nom), fold(row.sigle or ""))
    ]
    if not found:
        raise WhichOrganisme(connus=", ".join(f"« {row.nom} »" for row in known) or "aucun")
    return found
