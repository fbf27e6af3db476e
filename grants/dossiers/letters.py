"""The letters that a move or a reminder makes due, with the plain data they are written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.lettres.context import context_of
from grants.dossiers.lettres.reading import Around, Gathered, read_around
from grants.dossiers.lettres.uses import uses_of
from notifications.letters import Letter
from notifications.outbox import Enclosed, Recipient
from workflow.engine import Engine, Move
from workflow.subject import Subject


def read_for_letters(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    move: Move,
    facts: Mapping[str, Any],
) -> Around | None:
    """What the letters of a move need beyond the dossier, before it is written; None without any.

    `facts` are those that the move's guards had read: nothing is read twice.
    """
    if not move.action.letters:
        return None
    uses = uses_of(_named(engine, move.action.letters))
    return read_around(connection, engine, subject, uses, move.values, facts)


def enclosed_letters(
    engine: Engine, subject: Subject, move: Move, around: Around | None
) -> list[Enclosed]:
    """One letter per key that the action names, to the porteur as known in this transaction."""
    if around is None:
        return []
    context = context_of(engine, subject, move.to_stage, around, move.at)
    context["action"] = {
        "libelle": move.action.label,
        "motif": move.reason,
        "par": move.actor.name,
    }
    recipient = recipient_of(subject)
    return [Enclosed(each, recipient, context) for each in _named(engine, move.action.letters)]


def reminder_context(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    letter: Letter,
    reminder: Mapping[str, Any],
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    gathered: Gathered | None = None,
) -> dict[str, Any]:
    """What a reminder's letter is written from; also a letter seen beforehand on a real dossier.

    `reminder`: `numero`, `sur`, `cause`, `depuis`, told under `relance`.
    """
    uses = uses_of((letter,))
    around = read_around(connection, engine, subject, uses, facts=facts, gathered=gathered)
    context = context_of(engine, subject, subject.stage, around, at)
    return {**context, "relance": dict(reminder)}


def recipient_of(subject: Subject) -> Recipient:
    """Who a letter of a dossier goes to: its porteur, or whoever it is known by."""
    row = subject.row
    name = row["porteur_nom"] or row["structure_nom"] or row["reference"]
    return Recipient(name, row["porteur_email"], row["porteur_id"])


def _named(engine: Engine, keys: Iterable[str]) -> Sequence[Letter]:
    letters: Mapping[str, Letter] = engine.vocabulary.letters
    return [letters[key] for key in keys]


def told_outside(subject: Subject, move: Move) -> dict[str, Any]:
    """What other programs are told of a move: no name and no answer, which they may ask for."""
    return {
        "dossier": {"id": subject.id, "reference": subject.row["reference"]},
        "dispositif": subject.pipeline,
        "action": move.action.key,
        "de": move.from_stage,
        "vers": move.to_stage,
        "numero": subject.seq,
        "corrige": move.corrects,
    }
