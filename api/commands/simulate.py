"""`simulate`: what the clock would send until a day, played on a copy."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from workflow.errors import DomainError

if TYPE_CHECKING:
    from api.simulation import Happening
    from workflow.database import Database


class NotADay(DomainError):
    """« {typed} » n'est pas une date. {why}"""

    code = "date_illisible"


class DayGone(DomainError):
    """Le {day} est passé : la simulation va d'aujourd'hui à un jour à venir."""

    code = "jour_passe"


class NoSuchOrganisme(DomainError):
    """Aucun organisme ne s'appelle « {typed} ». Il y a : {known}."""

    code = "organisme_inconnu"


def simulate(
    until: Annotated[str, typer.Option("--until", help="Dernier jour, comme 31/12/2026.")],
    organisme: Annotated[
        str | None, typer.Option("--organisme", help="Le nom d'un seul organisme.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Pour un programme.")] = False,
) -> None:
    """Dit ce qui partirait d'ici à un jour, à qui et quand ; rien ne part, rien n'est modifié."""
    from api.composition import engine_of
    from api.house import utc_now
    from api.settings import load_settings
    from api.simulation import Play, copied
    from api.startup import current_database

    settings, now = load_settings(), utc_now()
    end = _end(until, now)
    with current_database(settings):
        pass  # an older schema is told before anything is copied
    with copied(settings.database, now) as copy:
        whose = None if organisme is None else _organisme(copy, organisme)
        found = Play(settings, copy, engine_of(settings), now).until(end, whose)
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in found], ensure_ascii=False, indent=1))
    else:
        _show(found)


def _end(typed: str, now: datetime) -> datetime:
    from workflow.dates import DateFault, format_date, from_paris, parse_date

    try:
        day = parse_date(typed)
    except DateFault as fault:
        raise NotADay(typed=typed, why=str(fault)) from fault
    end = from_paris(datetime.combine(day, time.max))
    if end < now:
        raise DayGone(day=format_date(day))
    return end


def _organisme(copy: Database, typed: str) -> int:
    from sqlalchemy import select

    from grants.organisation.tables import Organisme
    from workflow.database import table_of
    from workflow.texts import fold

    table = table_of(Organisme)
    with copy.reading() as session:
        known = {
            row.nom: row.id for row in session.connection().execute(select(table.c.id, table.c.nom))
        }
    found = [id for nom, id in known.items() if fold(nom) == fold(typed)]
    if not found:
        raise NoSuchOrganisme(typed=typed, known=", ".join(sorted(known)) or "aucun organisme")
    return found[0]


def _show(found: list[Happening]) -> None:
    """One line for each thing, a line under it for each reminder that it merges."""
    from workflow.dates import to_paris

    if not found:
        typer.echo("Rien ne partirait d'ici là.")
    for each in found:
        at = f"{to_paris(each.at):%d/%m/%Y %H:%M}"
        address = f" <{each.address}>" if each.address and each.what != "tâche" else ""
        about = f" ({', '.join(each.dossiers)})" if each.dossiers else ""
        typer.echo(f"{at}  {each.what:<16} {each.to}{address} : {each.title}{about}")
        if len(each.carries) > 1:
            for part in each.carries:
                typer.echo(f"{'':>20}réuni : {part}")
    kinds = {what: sum(each.what == what for each in found) for what in _kinds(found)}
    typer.echo(" ; ".join(f"{what} : {many}" for what, many in kinds.items()))


def _kinds(found: list[Happening]) -> list[str]:
    return list(dict.fromkeys(each.what for each in found))
