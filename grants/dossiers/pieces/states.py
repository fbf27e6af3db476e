"""Where each pièce of a dossier stands on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.graph import closure, edges
from workflow.pipeline import Piece, Pipeline

ATTENDUE, RECUE, VALIDEE, A_CORRIGER = "attendue", "recue", "validee", "a_corriger"
#: Never written in a row: told from the document's date.
PERIMEE = "perimee"

INCOMPLETE, TOO_OLD, UNREADABLE, WRONG = "incomplete", "perimee", "illisible", "mauvaise"
#: Why a pièce has to be mended, as it is said after « à corriger ».
MOTIFS: Mapping[str, str] = {
    INCOMPLETE: "incomplète",
    TOO_OLD: "trop ancienne",
    UNREADABLE: "illisible",
    WRONG: "ce n’est pas le bon document",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One expected pièce as it stands that day; `row` is what is kept of it, if anything is.

    `served`: it is out of date, and no move that waits for it is still ahead.
    """

    piece: Piece
    state: str
    row: Mapping[str, Any] | None = None
    served: bool = False

    @property
    def last_day(self) -> date | None:
        """The last day on which the document is good, where its rule and its date tell."""
        dated = self.row["date_document"] if self.row else None
        if dated is None or self.piece.validity is None:
            return None
        return self.piece.validity.last_day(dated)

    @property
    def will_do(self) -> bool:
        """Whether nothing more is asked."""
        return self.state == VALIDEE

    @property
    def is_owed(self) -> bool:
        """Whether whoever carries the project must hand something in."""
        return self.state in (ATTENDUE, A_CORRIGER, PERIMEE)


def standings(
    pipeline: Pipeline, rows: Iterable[Mapping[str, Any]], day: date, stage: str | None = None
) -> tuple[Standing, ...]:
    """Every pièce that the pipeline expects, in the order of the file.

    `stage`: of a dossier that stands there, a document is out of date only where a move that waits
    for it may still come; what was good when it served stays good.
    """
    kept = {(row["cle"], row["structure_id"] is not None): row for row in rows}
    found = [
        _standing(piece, kept.get((piece.key, piece.kept == "structure")), day)
        for piece in pipeline.pieces
    ]
    if stage is None or not any(each.state == PERIMEE for each in found):
        return tuple(found)
    ahead = _still_ahead(pipeline, stage)
    return tuple(
        each if ahead.intersection(each.piece.required_for) else _as_served(each) for each in found
    )


def _still_ahead(pipeline: Pipeline, stage: str) -> frozenset[str]:
    """The moves that may still be made from there, corrections of a mistake left aside."""
    ways = [each for each in edges(pipeline) if not each.action.corrects]
    reached = closure([stage], ((each.origin, each.target) for each in ways))
    return frozenset(each.action.key for each in ways if each.origin in reached)


def _as_served(standing: Standing) -> Standing:
    if standing.state != PERIMEE or standing.row is None or not standing.piece.required_for:
        return standing
    return Standing(standing.piece, standing.row["etat"], standing.row, served=True)


def _standing(piece: Piece, row: Mapping[str, Any] | None, day: date) -> Standing:
    if row is None:
        return Standing(piece, ATTENDUE)
    found = Standing(piece, row["etat"], row)
    over = found.last_day is not None and found.last_day < day
    if over and found.state in (RECUE, VALIDEE):
        return Standing(piece, PERIMEE, row)
    return found
