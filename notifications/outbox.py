"""The outbox: letters as rows of the move's own transaction. Nothing leaves from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, false, insert, literal_column, text, update

from notifications.courrier_table import Courrier
from notifications.letters import Letter
from workflow.canonical import canonical
from workflow.database import table_of
from workflow.statements import Statement

PREPARE, A_COMPLETER, A_VALIDER = "prepare", "a_completer", "a_valider"
PRET, EN_COURS, ENVOYE, ECHEC, ANNULE = "pret", "en_cours", "envoye", "echec", "annule"
#: What has not left yet, and may still be cancelled.
WAITING = (PREPARE, A_COMPLETER, A_VALIDER, PRET)
#: What each state is called on screen.
STATE_LABELS = {
    PREPARE: "préparé",
    A_COMPLETER: "à compléter",
    A_VALIDER: "à valider",
    PRET: "prêt à partir",
    EN_COURS: "en cours d’envoi",
    ENVOYE: "envoyé",
    ECHEC: "échec de l’envoi",
    ANNULE: "annulé",
}
COURRIEL, PAPIER = "courriel", "papier"
AUTOMATIQUE = "automatique"
_TABLE = table_of(Courrier)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is about: the subject, and the journal entry that made it due."""

    tenant_id: int
    subject_kind: str
    subject_id: int
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who it goes to, as known at that time. Without e-mail it will be printed."""

    name: str
    email: str | None = None
    personne_id: int | None = None


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One letter to write: its catalogue row, its recipient and its plain-data context."""

    letter: Letter
    recipient: Recipient
    context: Mapping[str, Any] = field(default_factory=dict)


#: What is known when a letter becomes due; the rest comes when it is written and sent.
_DUE = (
    "tenant_id",
    "letter",
    "title",
    "release",
    "channel",
    "subject_kind",
    "subject_id",
    "subject_seq",
    "recipient_id",
    "recipient_name",
    "recipient_email",
    "context",
    "state",
    "created_at",
    "due_at",
)
_INSERT = Statement(
    insert(_TABLE).values(
        {name: bindparam(name) for name in _DUE}
        | {"reminder": false(), "attempts": literal_column("0"), "version": literal_column("1")}
    )
)
_CANCEL = Statement(
    update(_TABLE)
    .where(
        _TABLE.c.subject_kind == bindparam("kind_"),
        _TABLE.c.subject_id == bindparam("id_"),
        _TABLE.c.subject_seq == bindparam("seq_"),
        # Written out, not bound: see the échéances.
        # One that is being sent too: if it does leave, whoever sends it notes so all the same.
        text(f"state IN ({', '.join(repr(state) for state in (*WAITING, EN_COURS))})"),
    )
    .values(state=ANNULE)
)


def enqueue(connection: Connection, occasion: Occasion, letters: Sequence[Enclosed]) -> None:
    """Write the letters' rows, in the move's transaction; their texts come after the commit."""
    _INSERT.run_many(connection, [_row(occasion, each) for each in letters])


def cancel_of_move(connection: Connection, occasion: Occasion, seq: int) -> int:
    """Cancel the letters of a move that is taken back, as far as they have not left."""
    values = {"kind_": occasion.subject_kind, "id_": occasion.subject_id, "seq_": seq}
    return _CANCEL.run(connection, values)


def _row(occasion: Occasion, each: Enclosed) -> dict[str, Any]:
    return {
        "tenant_id": occasion.tenant_id,
        "letter": each.letter.key,
        "title": each.letter.title,
        "release": each.letter.release,
        "channel": _channel(each),
        "subject_kind": occasion.subject_kind,
        "subject_id": occasion.subject_id,
        "subject_seq": occasion.seq,
        "recipient_id": each.recipient.personne_id,
        "recipient_name": each.recipient.name,
        "recipient_email": each.recipient.email,
        "context": canonical(each.context),
        "state": PREPARE,
        "created_at": occasion.at,
        "due_at": occasion.at,
    }


def _channel(each: Enclosed) -> str:
    """By e-mail where the letter may and the person has one, else on paper."""
    by_mail = COURRIEL in each.letter.channels and each.recipient.email
    return COURRIEL if by_mail else PAPIER
