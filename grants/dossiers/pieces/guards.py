"""What a move, or a reminder, asks about the pièces of a dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.pieces.states import (
    A_CORRIGER,
    MOTIFS,
    PERIMEE,
    RECUE,
    VALIDEE,
    Standing,
    standings,
)
from grants.dossiers.vocabulary import DOSSIERS
from workflow.dates import format_date, to_paris
from workflow.guards import Attempt, Refusal
from workflow.pipeline import Pipeline
from workflow.subject import Subject

HANDED_IN_SO_FAR = "pieces"
_ALL_VALIDATED = "pieces_validees"


@DOSSIERS.fact(HANDED_IN_SO_FAR)
def handed_in_so_far(connection: Connection, subject: Subject) -> list[dict[str, Any]]:
    """The pièces kept for the dossier and for its structure."""
    from grants.dossiers.pieces.queries import pieces_of

    return pieces_of(connection, subject.row)


@DOSSIERS.fact_of_many(HANDED_IN_SO_FAR)
def handed_in_by_many(
    connection: Connection, subjects: Collection[Subject]
) -> dict[int, list[dict[str, Any]]]:
    """The pièces kept for each of these dossiers and for its structure."""
    from grants.dossiers.pieces.queries import pieces_of_many

    return pieces_of_many(connection, [each.row for each in subjects])


@DOSSIERS.guard(
    _ALL_VALIDATED,
    says="les pièces obligatoires sont validées et à jour",
    facts=(HANDED_IN_SO_FAR,),
)
def pieces_validated(attempt: Attempt) -> tuple[Refusal, ...]:
    """Every pièce that the move waits for was validated and is not out of date."""
    move = attempt.action.key if attempt.action else ""
    return tuple(
        _refusal(each)
        for each in _standings(attempt)
        if move in each.piece.required_for and not each.will_do
    )


@DOSSIERS.guard(
    "pieces_manquantes",
    says="il manque encore des pièces au porteur",
    facts=(HANDED_IN_SO_FAR,),
)
def pieces_owed(attempt: Attempt) -> Refusal | None:
    """A reminder's cause: a move from here waits for a pièce that was not handed in well."""
    stage = attempt.subject.stage
    moves = {
        each.key for each in attempt.pipeline.actions if stage in attempt.pipeline.origins(each)
    }
    if any(each.is_owed and moves & {*each.piece.required_for} for each in _standings(attempt)):
        return None
    return Refusal("pieces_recues", "Toutes les pièces obligatoires ont été reçues.")


def waiting_faults(pipeline: Pipeline) -> Iterator[tuple[str, str, str]]:
    """Pièces that a move is said to wait for, when it does not; and the reverse."""
    waiting = {
        action.key
        for action in pipeline.actions
        if any(guard.name == _ALL_VALIDATED for guard in action.guards)
    }
    asked = {action for piece in pipeline.pieces for action in piece.required_for}
    for piece in pipeline.pieces:
        for action in piece.required_for:
            if action not in waiting:
                problem = f"« {action} » n'attend aucune pièce"
                remedy = f"ajoutez « {_ALL_VALIDATED} » à ses guards"
                yield f"piece.{piece.key}.required_for", problem, remedy
    for action in sorted(waiting - asked):
        problem = f"« {_ALL_VALIDATED} » n'a aucune pièce à vérifier"
        remedy = "écrivez required_for dans une [[piece]], ou retirez la règle"
        yield f"action.{action}.guards", problem, remedy


def _standings(attempt: Attempt) -> tuple[Standing, ...]:
    day = to_paris(attempt.at).date()
    return standings(attempt.pipeline, attempt.fact(HANDED_IN_SO_FAR), day)


def _refusal(standing: Standing) -> Refusal:
    label, where = f"« {standing.piece.label} »", f"pieces.{standing.piece.key}"
    if standing.state == RECUE:
        return Refusal("piece_a_valider", f"Pièce à valider : {label}, reçue.", where)
    if standing.state == A_CORRIGER:
        assert standing.row is not None, "only what was handed in is sent back"
        why = MOTIFS[standing.row["motif"]]
        return Refusal("piece_a_corriger", f"Pièce à corriger : {label} ({why}).", where)
    if standing.state == PERIMEE:
        assert standing.last_day is not None, "only what has a last day goes out of date"
        last = format_date(standing.last_day)
        return Refusal("piece_perimee", f"Pièce périmée : {label}, depuis le {last}.", where)
    assert standing.state != VALIDEE, "what will do is not refused"
    return Refusal("piece_manquante", f"Pièce manquante : {label}.", where)
