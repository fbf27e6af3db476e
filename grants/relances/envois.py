"""What a colleague does with a letter: send, stop, send again, post, complete, print instead.

The dossier's journal says who did it. The dossier is locked first, then its letter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from grants.dossiers.chain import record_fact
from grants.dossiers.lettres.context import context_of
from grants.dossiers.lettres.reading import read_around
from grants.dossiers.lettres.variables import uses_of
from grants.dossiers.reading import KIND
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity
from grants.organisation.tables import Personne
from grants.relances.courriers import SENT, LetterLedger
from notifications import desk
from notifications.desk import LetterChanged, Signer
from notifications.drafts import Draft, Row, Writer, WrittenLetter, draft_of
from notifications.messages import House
from notifications.outbox import ENVOYE
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.subject import Subject

CANCELLED, AGAIN, PRINTED = "courrier_annule", "courrier_renvoye", "courrier_a_imprimer"
_P = table_of(Personne)
#: A letter, and the text of it that is about to leave.
Seen = tuple[Draft, WrittenLetter]


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What doing anything with letters takes: who writes them, under which name they leave."""

    engine: Engine
    write: Writer
    house: House

    @property
    def ledger(self) -> LetterLedger:
        """Who tells the journals."""
        return LetterLedger(self.engine)


@dataclass(frozen=True, slots=True)
class Choice:
    """One letter as it was on screen: its version, and the digest of the text that was shown."""

    id: int
    version: int | None = None
    shown: str | None = None


def send(
    database: Database, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> None:
    """« Envoyer »: the text that was shown is fixed and leaves; on paper, it may be printed.

    Written outside the transaction that notes it, which it opens and closes itself. Raises
    ReadOnly, NotFound, Stale, TooLate, LetterIncomplete, LetterFaulty, LetterChanged.
    """
    seen = written(database, mailroom, identity, choice, now)
    with database.unit_of_work() as session:
        let_leave(session, mailroom, identity, choice, seen, now)


def written(
    database: Database, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> Seen:
    """The text that may leave, written before any transaction that changes something.

    Raises ReadOnly, NotFound, TooLate, LetterIncomplete, LetterFaulty, LetterChanged.
    """
    identity.require_writer()
    return desk.ready(database, mailroom.write, identity.organisme_id, choice.id, now, choice.shown)


def let_leave(
    session: Session,
    mailroom: Mailroom,
    identity: Identity,
    choice: Choice,
    seen: Seen,
    now: datetime,
) -> None:
    """Fix the text that was written, and let it leave. Never commits.

    Raises NotFound, Stale, TooLate, LetterChanged, NoAddress.
    """
    if choice.shown is not None and choice.shown != seen[1].digest:
        raise LetterChanged
    connection = session.connection()
    _lock_dossier(session, mailroom, identity, seen[0].row)
    locked = desk.lock_letter(connection, identity.organisme_id, choice.id, choice.version)
    desk.approve(connection, mailroom.house, locked, seen, _signer(identity), now)


def cancel(
    session: Session, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> None:
    """It will not leave. Never commits. Raises ReadOnly, NotFound, Stale, TooLate."""
    with_letter = _taken(session, mailroom, identity, choice)
    desk.cancel(session.connection(), with_letter.row, now)
    with_letter.tell(CANCELLED, now)


def send_again(
    session: Session, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> int:
    """What failed is tried again, what was sent is sent once more; the id of what will leave.

    To the address that the personne has today. Never commits. Raises ReadOnly, NotFound, Stale,
    TooLate, NoAddress.
    """
    taken = _taken(session, mailroom, identity, choice)
    connection, row = session.connection(), taken.row
    email = _address(connection, row)
    if row["state"] != ENVOYE:
        desk.retry(connection, row, email, now)
        taken.tell(AGAIN, now, f" ({email})")
        return row["id"]
    desk.require_sent_by_mail(row, email)
    assert email is not None, "required just before"
    taken.tell(AGAIN, now, f" ({email})")
    seq = taken.subject.seq if taken.subject else row["subject_seq"] + 1
    copied = (email, seq, _signer(identity))
    return desk.send_copy(connection, mailroom.house, row, *copied, now)


def mark_posted(
    session: Session, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> None:
    """It was printed and posted. Never commits. Raises ReadOnly, NotFound, Stale, TooLate."""
    taken = _taken(session, mailroom, identity, choice)
    desk.mark_posted(session.connection(), taken.row, _signer(identity), now)
    taken.tell(SENT, now, f", à {taken.row['recipient_name']}, par la poste")


def print_instead(
    session: Session, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> None:
    """It will be printed instead of sent. Never commits. Raises ReadOnly, NotFound, Stale…"""
    taken = _taken(session, mailroom, identity, choice)
    desk.print_instead(session.connection(), taken.row)
    taken.tell(PRINTED, now)


def complete(
    session: Session, mailroom: Mailroom, identity: Identity, choice: Choice, now: datetime
) -> None:
    """What it lacked is taken from the dossier as it is today; it is written anew.

    Never commits. Raises ReadOnly, NotFound, Stale, TooLate.
    """
    _taken(session, mailroom, identity, choice)
    connection = session.connection()
    draft = draft_of(connection, identity.organisme_id, choice.id)
    fresh = _fresh(session, mailroom, identity, now)
    desk.complete(connection, draft, fresh, now)


@dataclass(slots=True)
class _Taken:
    """A letter and its dossier, locked."""

    session: Session
    engine: Engine
    identity: Identity
    row: Row
    subject: Subject | None

    def tell(self, event: str, now: datetime, more: str = "") -> None:
        """The dossier's journal says who did it."""
        if self.subject is None:
            return
        content = {"texte": f"{self.row['title']}{more}."}
        record_fact(self.session, self.engine, self.subject, self.identity, event, content, now)
        store_chain(self.session.connection(), self.subject)


def _taken(session: Session, mailroom: Mailroom, identity: Identity, choice: Choice) -> _Taken:
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    seen = draft_of(connection, organisme_id, choice.id).row
    subject = _lock_dossier(session, mailroom, identity, seen)
    row = desk.lock_letter(connection, organisme_id, choice.id, choice.version)
    return _Taken(session, mailroom.engine, identity, row, subject)


def _lock_dossier(
    session: Session, mailroom: Mailroom, identity: Identity, row: Row
) -> Subject | None:
    if row["subject_kind"] != KIND:
        return None
    return mailroom.ledger.lock(session, identity.organisme_id, row["subject_id"])


def _address(connection: Connection, row: Row) -> str | None:
    """The address that the personne has today; without a personne, the one it was sent to."""
    if row["recipient_id"] is None:
        return row["recipient_email"]
    query = select(_P.c.email).where(
        _P.c.id == row["recipient_id"], _P.c.organisme_id == row["tenant_id"]
    )
    return connection.execute(query).scalar_one_or_none()


def _fresh(
    session: Session, mailroom: Mailroom, identity: Identity, now: datetime
) -> Callable[[Row], dict[str, Any]]:
    """What each part of a letter may be completed with, from its own dossier."""
    connection, engine = session.connection(), mailroom.engine

    def of(part: Row) -> dict[str, Any]:
        letter = engine.vocabulary.letters.get(part["letter"])
        if part["subject_kind"] != KIND or letter is None:
            return {}
        subject = mailroom.ledger.lock(session, identity.organisme_id, part["subject_id"])
        if subject is None:
            raise NotFound
        around = read_around(connection, engine, subject, uses_of((letter,)))
        return context_of(engine, subject, subject.stage, around, now)

    return of


def _signer(identity: Identity) -> Signer:
    return Signer(identity.compte_id, identity.nom)
