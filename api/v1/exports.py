"""The list as a file: what is filtered, streamed, in the columns asked for or in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from starlette.responses import StreamingResponse

from api.exports.csv_text import csv_file
from api.exports.kinds import CSV, XLSX
from api.exports.values import Rows, rows_of
from api.exports.xlsx import xlsx_file
from api.presentation.listed_columns import BY_KEY, COLUMNS, Column
from api.v1.contract import Answer, Call, Subject
from api.v1.lists import FILTERS, narrowing_of
from grants.dossiers.listes.preferences import keys_of
from workflow.dates import to_paris
from workflow.errors import Invalid

subject = Subject("Listes")
_ORDER = ("tri", "sens")
_QUERY = {
    **{name: told for name, told in FILTERS.items() if name not in _ORDER},
    "colonnes": "Des clés de /colonnes séparées par des virgules ; toutes sans rien dire.",
}


@subject.get("/dossiers.xlsx", "Les dossiers en classeur", None, media=(XLSX,), query=_QUERY)
def workbook(call: Call) -> Answer:
    """What is filtered as a workbook, newest first. Raises Invalid."""
    answer = _file(call, lambda columns, rows: xlsx_file("Dossiers", columns, rows), "xlsx", XLSX)
    # It is a zip already: compressing it again would cost more than it saves.
    answer.headers["Content-Encoding"] = "identity"
    return Answer(file=answer)


@subject.get("/dossiers.csv", "Les dossiers en CSV", None, media=(CSV,), query=_QUERY)
def table(call: Call) -> Answer:
    """What is filtered as a CSV file, newest first. Raises Invalid."""
    return Answer(file=_file(call, csv_file, "csv", CSV))


def _file(
    call: Call,
    write: Callable[[Sequence[Column], Rows], Iterator[bytes]],
    ending: str,
    kind: str,
) -> StreamingResponse:
    columns, house = _columns(call), call.house
    filters, today = narrowing_of(call, call.query).filters, to_paris(call.now).date()
    where = house.database, house.engine, call.organisme_id
    rows = rows_of(*where, filters, columns, today)
    name = f"dossiers-{today:%Y-%m-%d}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(write(columns, rows), media_type=kind, headers=headers)


def _columns(call: Call) -> tuple[Column, ...]:
    asked = keys_of(call.query.get("colonnes", ""))
    unknown = [key for key in asked if key not in BY_KEY]
    if unknown:
        listed = ", ".join(f"« {key[:40]} »" for key in unknown)
        raise Invalid({"colonnes": f"Ces colonnes n’existent pas : {listed}."})
    return tuple(BY_KEY[key] for key in dict.fromkeys(asked)) or COLUMNS
