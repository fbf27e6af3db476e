"""Whether the program is well, for whatever watches over it."""

from __future__ import annotations

import platform
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import Connection, text
from starlette.responses import JSONResponse, Response

from api.house import house_of
from api.migrate import State, head, revision_of, state_of
from api.ticks import EVERY
from api.version import VERSION
from grants.organisation.queries import every_organisme
from notifications.cadence import pace_of
from notifications.health import health_of
from workflow.errors import DatabaseBusy, DatabaseGone

router = APIRouter()


@router.get("/healthz")
def health(request: Request) -> Response:
    """200 when the database answers and is the one the code expects, else 503."""
    versions = {"programme": VERSION, "python": platform.python_version()}
    try:
        with house_of(request).database.reading() as session:
            connection = session.connection()
            state = state_of(connection)
            schema = {"etat": state.value, "trouve": revision_of(connection), "attendu": head()}
            versions["base"] = _database_version(connection)
            well = state is State.CURRENT
            clock = _clock(connection, house_of(request).clock()) if well else {}
    except (DatabaseBusy, DatabaseGone) as error:
        return _answer(503, {"etat": "base", "erreur": str(error), "versions": versions})
    told = {"etat": "bien" if well else "schéma", "schema": schema, "versions": versions, **clock}
    return _answer(200 if well else 503, told)


def _clock(connection: Connection, now: datetime) -> dict[str, object]:
    """How the clock and the letters are: for whoever watches, without a name or an address.

    A clock that stopped does not make the site unwell: it still serves.
    """
    health = health_of(connection, every_organisme(connection), now)
    late = health.late(EVERY, now)
    last = max((beat.at for beat in health.beats.values()), default=None)
    state = "arretee" if "echeances" in late else "en_panne" if health.faults else "bien"
    return {
        "horloge": {
            "etat": state if last else "jamais_lancee",
            "dernier_battement": last.isoformat() if last else None,
            "en_retard": list(late),
            "en_panne": sorted(health.faults),
        },
        "echeances": {"retard_s": _age(health.echeance_since, now)},
        "courriers": {
            "en_attente": health.letters_due,
            "retard_s": _age(health.letter_since, now),
            "echecs_7_jours": health.failed,
            "serveur_en_panne_s": _age(pace_of(connection).since, now),
        },
    }


def _age(since: datetime | None, now: datetime) -> int:
    return 0 if since is None else max(0, int((now - since).total_seconds()))


def _database_version(connection: Connection) -> str:
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT sqlite_version()" if sqlite else "SHOW server_version"
    return f"{connection.dialect.name} {connection.execute(text(query)).scalar_one()}"


def _answer(status: int, content: dict[str, object]) -> Response:
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})
