"""The letters of reminders that are due: one e-mail a day to each person, or paper, or a tâche.

All that is due to a few people is one transaction: the échéances are settled, each dossier's
journal says what was prepared, the letters stand in the outbox; or nothing happened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from grants.dossiers.reading import lock_subjects
from grants.organisation.tables import Personne
from grants.relances.dues import Person, echeances_due_to
from grants.relances.judging import judge
from grants.relances.looking import Dues, Look
from grants.relances.sharing import Reach, Shared, share
from grants.relances.writing import Work, write
from notifications.reminders import days_taken, suspended_among
from workflow.calendar import usual_moment
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import DomainError
from workflow.many import Among
from workflow.statements import Statement
from workflow.subject import Subject

_P = table_of(Personne)
_NOBODY_HOLDS = Statement(
    select(_P.c.id)
    .where(Among(_P.c.id, "ids"))
    .order_by(_P.c.id)
    .with_for_update(key_share=True, skip_locked=True)
)


@dataclass(slots=True)
class Prepared:
    """How many letters were prepared, of how many reminders, and what became of the others."""

    letters: int = 0
    reminders: int = 0
    tasks: int = 0
    put_off: int = 0
    dropped: int = 0
    broken: list[tuple[int, Exception]] = field(default_factory=list)


def prepare(
    session: Session, engine: Engine, people: Collection[Person], now: datetime
) -> Prepared:
    """See to every reminder that is due to these people. Never commits.

    Whoever somebody else is seeing to, or changing a dossier of, is left for the next time. One
    whose reminders cannot be written is told in `broken`, and does not hold the others back.
    """
    connection = session.connection()
    look = Look(connection, engine, now)
    dues = _locked_dues(connection, engine, people, now)
    reaches = _reaches(connection, dues, now)
    look.read(theirs for theirs in dues.values() if look.is_open(_territoire(theirs)))
    work, prepared = Work(look), Prepared()
    for person, theirs in dues.items():
        mark = work.mark()
        try:
            shared = _decided(look, theirs, reaches[person])
            work.take(shared)
        except (DomainError, SQLAlchemyError):
            raise
        except Exception as fault:  # noqa: BLE001 — told by whoever called, once all were tried
            work.forget(mark)
            prepared.broken.append((theirs[0][1].id, fault))
        else:
            prepared.dropped += len(shared.dropped)
    prepared.tasks = write(session, work)
    prepared.letters, prepared.put_off = len(work.letters), len(work.later)
    prepared.reminders = sum(len(each.carried) for each in work.letters)
    return prepared


def _locked_dues(
    connection: Connection, engine: Engine, people: Collection[Person], now: datetime
) -> dict[Person, Dues]:
    """What is due to each person whose dossiers and own row nobody else holds, locked.

    The person too: two who look at once would both find that nothing left today.
    """
    due = echeances_due_to(connection, people, now)
    subjects = lock_subjects(connection, engine, {row["subject_id"] for _, row in due})
    if connection.dialect.name != "sqlite":
        # Whoever held them a moment ago may have seen to them: read again, now that they are ours.
        due = echeances_due_to(connection, people, now)
    rows: dict[Person, list[Mapping[str, Any]]] = {}
    for person, row in due:
        rows.setdefault(person, []).append(row)
    found: dict[Person, Dues] = {}
    for person, theirs in rows.items():
        dues = [(row, subjects.get(row["subject_id"])) for row in theirs]
        if all(subject and person_of(subject) == person for _, subject in dues):
            found[person] = [(row, subject) for row, subject in dues if subject]
    # Only those: holding the people whose dossiers somebody else holds would stop him too.
    return {person: found[person] for person in _lock_people(connection, found)}


def person_of(subject: Subject) -> Person:
    """Whom the reminders of a dossier go to."""
    porteur = subject.row["porteur_id"]
    return Person(subject.tenant_id, porteur, None if porteur else subject.id)


def _lock_people(connection: Connection, people: Iterable[Person]) -> list[Person]:
    """Those that nobody else holds; whoever is only a dossier is held by it."""
    people = list(people)
    ids = sorted(each.personne_id for each in people if each.personne_id is not None)
    held = {row["id"] for row in _NOBODY_HOLDS.rows(connection, {"ids": ids})}
    return [each for each in people if each.personne_id is None or each.personne_id in held]


def _reaches(
    connection: Connection, dues: Mapping[Person, Dues], now: datetime
) -> dict[Person, Reach]:
    """How each person may be reached, in two questions for all of them."""
    addresses = {
        person: (person.organisme_id, theirs[0][1].row["porteur_email"] or "")
        for person, theirs in dues.items()
    }
    suspended = suspended_among(connection, set(addresses.values()))
    known = {(each.organisme_id, each.personne_id) for each in dues if each.personne_id}
    taken = days_taken(connection, known, now)
    return {
        each: Reach(
            writable=addresses[each] not in suspended,
            taken=taken.get((each.organisme_id, each.personne_id or 0)),
        )
        for each in dues
    }


def reach_of(connection: Connection, subject: Subject) -> Reach:
    """How somebody may be reached at once, whatever was sent today: a person asks for it."""
    address = (subject.tenant_id, subject.row["porteur_email"] or "")
    return Reach(writable=address not in suspended_among(connection, {address}))


def _decided(look: Look, theirs: Dues, reach: Reach) -> Shared:
    """What becomes of a person's reminders; all of it waits while reminders may not leave."""
    territoire = _territoire(theirs)
    if not look.is_open(territoire):
        moment = usual_moment(look.now, territoire)
        return Shared(later=[(row["id"], moment) for row, _subject in theirs])
    return share(judge(look, theirs), look.engine.vocabulary.letters, reach)


def _territoire(theirs: Dues) -> str:
    return theirs[0][1].row["territoire"]
