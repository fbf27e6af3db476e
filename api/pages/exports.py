"""The list as a file: what is filtered, in the columns chosen or in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from api.exports.csv_text import csv_file
from api.exports.kinds import CSV, XLSX
from api.exports.values import Rows, columns_to_export, rows_of
from api.exports.xlsx import xlsx_file
from api.house import house_of
from api.pages.liste import looking_of
from api.presentation.liste import PATH
from api.presentation.listed_columns import Column
from api.visit import SignedIn, Visit
from workflow.errors import Invalid

router = APIRouter()
_EVERY = "toutes"

Writing = Callable[[Sequence[Column], Rows], Iterator[bytes]]


@router.get(f"{PATH}/export.xlsx")
def workbook(request: Request, visit: SignedIn) -> Response:
    """The list as a workbook."""
    response = _answer(
        request, visit, lambda columns, rows: xlsx_file("Dossiers", columns, rows), "xlsx", XLSX
    )
    # It is a zip already: compressing it again would cost more than it saves.
    response.headers["Content-Encoding"] = "identity"
    return response


@router.get(f"{PATH}/export.csv")
def table(request: Request, visit: SignedIn) -> Response:
    """The list as a CSV file."""
    return _answer(request, visit, csv_file, "csv", CSV)


def _answer(request: Request, visit: Visit, write: Writing, ending: str, kind: str) -> Response:
    """The file, sent while it is read. Raises Invalid for an address that cannot be read."""
    house = house_of(request)
    with house.database.reading() as session:
        looking = looking_of(session, house, visit, request.query_params)
    if looking.narrowing.faults:
        raise Invalid(looking.narrowing.faults)
    every = request.query_params.get("colonnes") == _EVERY
    columns = columns_to_export(looking.columns, every=every)
    organisme_id = visit.identity.organisme_id
    filters, today = looking.narrowing.filters, looking.today
    rows = rows_of(house.database, house.engine, organisme_id, filters, columns, today)
    name = f"dossiers-{looking.today:%Y-%m-%d}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-cache",
    }
    return StreamingResponse(write(columns, rows), media_type=kind, headers=headers)
