"""The letters that a move makes due, with the plain data they will be written from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.letters import Letter
from notifications.outbox import Enclosed, Recipient
from workflow.engine import Engine, Move
from workflow.subject import Subject

# A bank account is for the payment alone: no letter repeats it.
_PRIVATE = frozenset({"iban"})


def enclosed_letters(engine: Engine, subject: Subject, move: Move) -> list[Enclosed]:
    """One letter per key that the action names, to the porteur as known in this transaction."""
    if not move.action.letters:
        return []
    context = letter_context(engine, subject, move)
    letters: Mapping[str, Letter] = engine.vocabulary.letters
    return [Enclosed(letters[key], _recipient(subject), context) for key in move.action.letters]


def letter_context(engine: Engine, subject: Subject, move: Move) -> dict[str, Any]:
    """Plain data only: what a letter may say of the dossier, its porteur and the move."""
    row = subject.row
    fields, types = engine.machine(subject).fields, engine.vocabulary.field_types
    answers = {
        key: types[fields[key].type].dump(value)
        for key, value in subject.values.items()
        if key in fields and value is not None and fields[key].type not in _PRIVATE
    }
    return {
        "organisme": {"nom": row["organisme_nom"]},
        "dossier": {
            "reference": row["reference"],
            "titre": row["titre"],
            "plafond": row["plafond"],
            **answers,
        },
        "structure": {"nom": row["structure_nom"], "siret": row["structure_siret"]},
        "porteur": {"nom": row["porteur_nom"], "email": row["porteur_email"]},
        "action": {"libelle": move.action.label, "motif": move.reason, "par": move.actor.name},
    }


def _recipient(subject: Subject) -> Recipient:
    row = subject.row
    name = row["porteur_nom"] or row["structure_nom"] or row["reference"]
    return Recipient(name, row["porteur_email"], row["porteur_id"])


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
