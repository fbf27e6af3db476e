"""Interventions as a file: what is filtered, latest first, read slice by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial

from starlette.responses import StreamingResponse

from api.exports.csv_text import csv_file
from api.exports.kinds import CSV, XLSX
from api.exports.xlsx import xlsx_file
from api.house import House
from api.presentation.listed_columns import Column, Kind, Told, Value
from grants.interventions.fields import NATURES, dispositifs_of
from grants.interventions.queries import Kept, Line, page_of
from workflow.database import Database

_SLICE, _HOUR = 1000, 60
Cell = Callable[[Line], Value]
_CELLS: tuple[tuple[str, str, Kind, Cell], ...] = (
    ("le", "Date", "date", lambda line: line.le),
    ("qui", "Qui", "texte", lambda line: line.qui),
    ("structure", "Structure", "texte", lambda line: line.structure),
    ("dossier", "Dossier", "texte", lambda line: line.reference),
    ("nature", "Nature", "texte", lambda line: NATURES.get(line.nature, line.nature)),
    ("minutes", "Durée (minutes)", "nombre", lambda line: line.minutes),
    ("heures", "Durée (heures)", "heures", lambda line: round(line.minutes * 100 / _HOUR)),
    ("km", "Kilomètres", "nombre", lambda line: line.km),
    ("note", "Note", "texte", lambda line: line.note),
)


def interventions_file(
    house: House, organisme_id: int, kept: Kept, ending: str, today: date, cache: str
) -> StreamingResponse:
    """The file, sent while it is read."""
    labels = dispositifs_of(house.engine)
    cells = (
        *_CELLS,
        ("dispositif", "Dispositif", "texte", partial(_dispositif, labels)),
    )
    columns = tuple(Column(key, label, kind, _untold) for key, label, kind, _cell in cells)
    rows = _rows(house.database, organisme_id, kept, tuple(each[3] for each in cells))
    name = f"interventions-{today:%Y-%m-%d}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": cache,
    }
    if ending == "csv":
        return StreamingResponse(csv_file(columns, rows), media_type=CSV, headers=headers)
    # It is a zip already: compressing it again would cost more than it saves.
    headers["Content-Encoding"] = "identity"
    told = xlsx_file("Interventions", columns, rows)
    return StreamingResponse(told, media_type=XLSX, headers=headers)


def _rows(
    database: Database, organisme_id: int, kept: Kept, cells: tuple[Cell, ...]
) -> Iterator[list[Value]]:
    after: int | None = None
    while True:
        with database.reading() as session:
            page = page_of(session.connection(), organisme_id, kept, after, _SLICE)
        for line in page.lines:
            yield [cell(line) for cell in cells]
        if page.next is None:
            return
        after = page.next


def _dispositif(labels: Mapping[str, str], line: Line) -> Value:
    return labels.get(line.dispositif, line.dispositif)


def _untold(_told: Told) -> Value:
    return None
