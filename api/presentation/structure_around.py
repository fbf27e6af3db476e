"""What stands around a structure: the aid it was granted, its pièces, what may be its double."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from api.views.chrome import Link
from api.views.merging import AidLine, AidTable, AidYear, SharedPiece
from api.visit import Visit
from grants.dossiers.board import DossierLine
from grants.dossiers.pieces.queries import files_of
from grants.dossiers.pieces.states import A_CORRIGER, PERIMEE, RECUE, VALIDEE, Standing, standings
from grants.fusions.moved import pieces_of_structure
from grants.rapport.aides import YEARS, Aid, aid_of_structure
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.pipeline import Pipeline

_SHOWN = {
    RECUE: ("Reçue", "bleu"),
    VALIDEE: ("Validée", "vert"),
    A_CORRIGER: ("À corriger", "brique"),
    PERIMEE: ("Périmée", "ocre"),
}


def aid_table(connection: Connection, engine: Engine, visit: Visit, structure_id: int) -> AidTable:
    """The aid of this year and of the two before, by year and dispositif."""
    today = to_paris(visit.now).date()
    found = aid_of_structure(connection, engine, visit.identity.organisme_id, structure_id, today)
    by_year = {year: list(aids) for year, aids in groupby(found, key=lambda aid: aid.on.year)}
    years = tuple(
        AidYear(
            year=year,
            lines=tuple(_by_dispositif(by_year.get(year, []))),
            total=sum(aid.amount for aid in by_year.get(year, [])),
        )
        for year in range(today.year, today.year - YEARS, -1)
    )
    return AidTable(
        years=years,
        total=sum(year.total for year in years),
        since=today.year - YEARS + 1,
        until=today.year,
    )


def shared_pieces(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    structure_id: int,
    dossiers: Sequence[DossierLine],
) -> tuple[SharedPiece, ...]:
    """The pièces kept with the structure, by the dispositifs that ask for them."""
    rows = pieces_of_structure(connection, structure_id)
    if not rows or not dossiers:
        return ()
    files = files_of(connection, visit.identity.organisme_id, [row["id"] for row in rows])
    found: list[SharedPiece] = []
    for standing in kept_with(engine, rows, dossiers, to_paris(visit.now).date()):
        label, tone = _SHOWN[standing.state]
        until, row = standing.last_day, standing.row or {}
        found.append(
            SharedPiece(
                label=standing.piece.label,
                state=label,
                tone=tone,
                until=f"jusqu’au {format_date(until)}" if until else "",
                files=tuple(
                    Link(
                        label=file["nom"],
                        url=f"/dossiers/{dossiers[0].id}/fichiers/{file['id']}",
                    )
                    for file in files.get(row["id"], [])
                ),
            )
        )
    return tuple(found)


def kept_with(
    engine: Engine,
    rows: Sequence[Mapping[str, Any]],
    dossiers: Iterable[DossierLine],
    day: date,
) -> list[Standing]:
    """The pièces of a structure that were handed in, each once, as its dispositifs see them."""
    seen: dict[str, Standing] = {}
    for pipeline in _pipelines(engine, dossiers):
        for standing in standings(pipeline, rows, day):
            row = standing.row
            if row is not None and row["structure_id"] is not None:
                seen.setdefault(row["cle"], standing)
    return [standing for standing in seen.values() if standing.state in _SHOWN]


def _pipelines(engine: Engine, dossiers: Iterable[DossierLine]) -> list[Pipeline]:
    known = {
        (line.pipeline, line.pipeline_version): engine.catalogue.machine(
            line.pipeline, line.pipeline_version
        ).pipeline
        for line in dossiers
    }
    return list(known.values())


def _by_dispositif(aids: Iterable[Aid]) -> Iterable[AidLine]:
    kept: dict[str, list[Aid]] = {}
    for aid in aids:
        kept.setdefault(aid.dispositif, []).append(aid)
    for dispositif, found in sorted(kept.items()):
        yield AidLine(
            dispositif=dispositif,
            amount=sum(aid.amount for aid in found),
            dossiers=tuple(
                Link(
                    label=f"{aid.reference} {aid.titre}".strip(), url=f"/dossiers/{aid.dossier_id}"
                )
                for aid in found
            ),
        )
