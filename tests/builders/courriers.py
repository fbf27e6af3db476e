"""Letters for tests: rows as a move leaves them, or as they are once their text is frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from notifications.courrier_table import Courrier
from notifications.drafts import Draft
from notifications.messages import House
from notifications.outbox import PREPARE, PRET
from notifications.written import WrittenLetter
from workflow.database import Database, table_of
from workflow.journal import canonical

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
TENANT = 1
HOUSE = House("courrier@microprojets.example")
_M = table_of(Courrier)
CONTEXT = {
    "organisme": {"nom": "Aide 34", "email": "contact@aide34.example"},
    "referent": {"nom": "Claire Fontaine", "email": "claire@aide34.example"},
}


def letter_row(n: int, **others: Any) -> dict[str, Any]:
    """A letter whose text is still to be written, numbered so that several differ."""
    return {
        "tenant_id": TENANT,
        "letter": "confirmation_rendez_vous",
        "title": "Confirmation du rendez-vous",
        "release": "automatique",
        "channel": "courriel",
        "reminder": False,
        "subject_kind": "dossier",
        "subject_id": 7,
        "subject_seq": n,
        "recipient_id": n,
        "recipient_name": f"Anne Essai {n}",
        "recipient_email": f"anne{n}@example.org",
        "context": canonical(CONTEXT),
        "state": PREPARE,
        "created_at": NOW,
        "due_at": NOW,
        "attempts": 0,
        "version": 1,
        **others,
    }


def frozen_row(n: int, **others: Any) -> dict[str, Any]:
    """A letter that may leave."""
    text = f"Bonjour,\n\nVotre rendez-vous n° {n} est confirmé.\n"
    return letter_row(
        n,
        **{
            "state": PRET,
            "subject_line": f"Votre rendez-vous n° {n}",
            "body_text": text,
            "body_html": f"<p>Bonjour,</p><p>Votre rendez-vous n° {n} est confirmé.</p>",
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            **others,
        },
    )


def put(database: Database, *rows: Mapping[str, Any]) -> list[int]:
    """Write letters; their ids. Those that are frozen get their Message-ID."""
    with database.unit_of_work() as session:
        return [put_one(session.connection(), row) for row in rows]


def put_one(connection: Connection, row: Mapping[str, Any]) -> int:
    id = connection.execute(insert(_M).values(row).returning(_M.c.id)).scalar_one()
    if row.get("digest"):
        number = HOUSE.message_id({**row, "id": id})
        connection.execute(update(_M).where(_M.c.id == id).values(message_id=number))
    return id


def read(database: Database, id: int) -> dict[str, Any]:
    with database.reading() as session:
        row = session.connection().execute(select(_M).where(_M.c.id == id)).mappings().one()
    return dict(row)


def states(database: Database) -> dict[int, str]:
    """The state of every letter, by id."""
    with database.reading() as session:
        return {row.id: row.state for row in session.connection().execute(select(_M))}


class Hands:
    """A clock whose hands are moved by the test."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


class PlainFile:
    """A file that a letter carries."""

    def __init__(self, name: str, media_type: str, content: bytes) -> None:
        self.name, self.media_type, self.content = name, media_type, content


def writing(text: Callable[[Draft, datetime], str] | None = None) -> Any:
    """A writer that says little: who is written to, on which day."""

    def write(_connection: Connection, draft: Draft, at: datetime) -> WrittenLetter:
        row = draft.row
        said = text(draft, at) if text else f"Bonjour {row['recipient_name']},\n"
        files = ()
        if row["channel"] == "papier":
            files = (PlainFile("lettre.pdf", "application/pdf", b"%PDF-1.7 " + said.encode()),)
        digest = hashlib.sha256(said.encode()).hexdigest()
        return WrittenLetter(row["title"], said, f"<p>{said}</p>", files, digest)

    return write
