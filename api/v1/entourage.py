"""What stands around a structure: the aid that it was granted, the pièces kept with it."""

from __future__ import annotations

from typing import Any

from api.presentation.structure_around import kept_with
from api.v1.contract import Call, Subject
from api.v1.pieces import told_file
from api.v1.shapes.structures import Aides, PieceCommune, PiecesCommunes
from grants.dossiers.gathered import dossiers_of_structure
from grants.dossiers.pieces.queries import files_of
from grants.dossiers.pieces.states import Standing
from grants.fusions.moved import pieces_of_structure
from grants.rapport.aides import YEARS, aid_of_structure
from grants.structures.service import STRUCTURES
from workflow.dates import to_paris

subject = Subject("Structures")
_ONE = "/structures/{structure_id}"


@subject.get(f"{_ONE}/aides", "Les aides reçues sur trois ans", Aides)
def aids(call: Call) -> Aides:
    """What it was granted this year and the two before. Raises NotFound."""
    id, today = _id(call), to_paris(call.now).date()
    found = aid_of_structure(call.connection, call.house.engine, call.organisme_id, id, today)
    return {
        "depuis": today.year - YEARS + 1,
        "total": sum(each.amount for each in found),
        "aides": [
            {
                "dossier_id": each.dossier_id,
                "reference": each.reference,
                "titre": each.titre,
                "dispositif": each.dispositif,
                "le": each.on,
                "montant": each.amount,
            }
            for each in found
        ],
    }


@subject.get(f"{_ONE}/pieces", "Les pièces communes à ses dossiers", PiecesCommunes)
def shared(call: Call) -> PiecesCommunes:
    """The pièces kept with it, which serve all of its dossiers. Raises NotFound."""
    connection, id = call.connection, _id(call)
    rows = pieces_of_structure(connection, id)
    dossiers = dossiers_of_structure(connection, call.organisme_id, id)
    files = files_of(connection, call.organisme_id, [row["id"] for row in rows])
    day = to_paris(call.now).date()
    found = kept_with(call.house.engine, rows, dossiers, day)
    return {"pieces": [_piece(dossiers[0].id, each, files) for each in found]}


def _id(call: Call) -> int:
    id = call.id("structure_id")
    return STRUCTURES.read(call.connection, call.organisme_id, id)["id"]


def _piece(
    dossier_id: int, standing: Standing, files: dict[int, list[dict[str, Any]]]
) -> PieceCommune:
    held = files.get(standing.row["id"], []) if standing.row else []
    return {
        "cle": standing.piece.key,
        "libelle": standing.piece.label,
        "etat": standing.state,
        "valable_jusqu_au": standing.last_day,
        "fichiers": [told_file(dossier_id, each) for each in held],
    }
