"""Whether the program is well, for whatever watches over it."""

from __future__ import annotations

import platform

from fastapi import APIRouter, Request
from sqlalchemy import Connection, text
from starlette.responses import JSONResponse, Response

from api.house import house_of
from api.migrate import State, head, revision_of, state_of
from api.version import VERSION
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
    except (DatabaseBusy, DatabaseGone) as error:
        return _answer(503, {"etat": "base", "erreur": str(error), "versions": versions})
    well = state is State.CURRENT
    told = {"etat": "bien" if well else "schéma", "schema": schema, "versions": versions}
    return _answer(200 if well else 503, told)


def _database_version(connection: Connection) -> str:
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT sqlite_version()" if sqlite else "SHOW server_version"
    return f"{connection.dialect.name} {connection.execute(text(query)).scalar_one()}"


def _answer(status: int, content: dict[str, object]) -> Response:
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})
