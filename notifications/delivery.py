"""Letters sent, one after another: each taken, handed over outside any transaction, settled.

At least once: what dies between « sent » and « noted » is sent again, under the same Message-ID.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from notifications import cadence, claims
from notifications.claims import MARGIN, Claim
from notifications.envelope import UnsafeAddress
from notifications.hooks import Hooks, NoHooks, Row
from notifications.messages import House, parcel_of
from notifications.outbox import ANNULE, ECHEC, ENVOYE
from notifications.outcomes import Outcome, is_held_to_hours, obstacle, outcome_of
from notifications.personal_links import Links, with_links
from notifications.smtp_replies import LONGEST_ANSWER
from notifications.suspensions import REBOND, Suspension, suspend
from notifications.transports import Answer, Transport
from workflow.database import Database
from workflow.errors import DatabaseGone, DomainError

#: How long one tick goes on; what is left is for the next one, which comes soon.
A_WHILE_S = 10.0
SERVER = "Serveur de courrier"
_log = structlog.get_logger(__name__)


class NotNoted(DatabaseGone):
    """Un courrier est parti sans que la base ait pu le noter : il partira peut-être deux fois."""

    code = "courrier_non_note"


class _Overtaken(Exception):
    """Somebody else settled the letter meanwhile: what was going to be told of it is not."""


def _no_link(_row: Row) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What sending takes. `unsubscribe` gives the link by which somebody stops a reminder.

    `personal` makes the address of a personal link; None where letters carry none.
    `held`: for how long a letter that was taken is nobody else's; None: as long as it takes.
    """

    transport: Transport
    house: House = House()  # noqa: RUF009 — frozen
    hooks: Hooks = NoHooks()  # noqa: RUF009 — nothing in it changes
    per_minute: int = 60
    unsubscribe: Callable[[Row], str | None] = _no_link
    personal: Links | None = None
    held: timedelta | None = None
    sleep: Callable[[float], None] = time.sleep

    @property
    def lease(self) -> timedelta:
        """For how long a letter that was taken is nobody else's."""
        return self.held or timedelta(seconds=self.transport.longest_s) + MARGIN


def deliver(
    database: Database,
    office: PostOffice,
    clock: Callable[[], datetime],
    seconds: float = A_WHILE_S,
) -> int:
    """Send what is due until nothing is, or time is over, or the server fails; how many left.

    Raises ExceptionGroup at the end with what broke, which the next tick tries again.
    """
    sent, broken = 0, []
    until = time.monotonic() + seconds
    per_minute = office.per_minute if office.transport.metered else None
    try:
        while time.monotonic() < until:
            taken = claims.claim(database, clock(), office.lease, per_minute)
            if taken is None:
                break
            try:
                outcome = _attempt(database, office, taken, clock)
                sent += _settle(database, office, taken, outcome, clock())
            except DatabaseGone:
                raise
            except Exception as fault:  # noqa: BLE001 — raised once the others were sent
                _log.warning("letter_not_settled", letter=taken.id, kind=type(fault).__name__)
                broken.append(fault)
                continue
            if outcome.closed:
                break
    finally:
        office.transport.close()
    if broken:
        raise ExceptionGroup("letters that could not be settled", broken)
    return sent


def _attempt(
    database: Database, office: PostOffice, taken: Claim, clock: Callable[[], datetime]
) -> Outcome:
    now = clock()
    with database.reading() as session:
        found = obstacle(session.connection(), office.hooks, taken, now)
    if found is not None:
        return found
    answer = _hand_over(office, taken, now)
    outcome = outcome_of(answer, taken, clock())
    if outcome.due_at is not None and is_held_to_hours(taken.row):
        with database.reading() as session:
            opening = office.hooks.opening(
                session.connection(), taken.row["tenant_id"], outcome.due_at
            )
        return replace(outcome, due_at=opening)
    return outcome


def _hand_over(office: PostOffice, taken: Claim, now: datetime) -> Answer:
    link = office.unsubscribe(taken.row) if taken.row["reminder"] else None
    try:
        row = with_links(taken.row, office.personal) if office.personal else taken.row
        parcel = parcel_of(row, taken.files, office.house, now, link)
    except UnsafeAddress as fault:
        return Answer("refuse", str(fault))
    except Exception as fault:  # noqa: BLE001 — one letter must not stop the others
        _log.exception("letter_not_built", letter=taken.id)
        return Answer("plus_tard", f"Erreur du logiciel ({type(fault).__name__})")
    return office.transport(parcel)


def _settle(
    database: Database, office: PostOffice, taken: Claim, outcome: Outcome, now: datetime
) -> bool:
    """Write what became of a letter, with what others do about it. True if it has left."""
    try:
        with database.unit_of_work() as session:
            _tell(session, office, taken, outcome, now)
            _note(session.connection(), taken, outcome, now)
    except _Overtaken:
        return False
    except Exception as fault:
        if outcome.state != ENVOYE:
            raise
        _log.warning("letter_sent_untold", letter=taken.id, kind=type(fault).__name__)
        _insist(database, office, taken, outcome, now)
    return outcome.state == ENVOYE


def _insist(
    database: Database, office: PostOffice, taken: Claim, outcome: Outcome, now: datetime
) -> None:
    """Note that a letter has left, whatever others make of it, or it would leave again.

    Nothing else is sent meanwhile: a database that cannot note one cannot note the next.
    """
    for pause in (0.0, *_growing(office.lease.total_seconds())):
        office.sleep(pause)
        try:
            with suppress(_Overtaken), database.unit_of_work() as session:
                _note(session.connection(), taken, outcome, now)
        except (DomainError, SQLAlchemyError) as fault:
            _log.warning("letter_not_noted", letter=taken.id, kind=type(fault).__name__)
        else:
            return
    raise NotNoted


def _growing(total: float) -> Iterator[float]:
    """Pauses, each twice the one before up to half a minute, that long in all."""
    spent, pause = 0.0, 0.5
    while spent < total:
        yield pause
        spent, pause = spent + pause, min(2 * pause, 30.0)


def _tell(
    session: Session, office: PostOffice, taken: Claim, outcome: Outcome, now: datetime
) -> None:
    if outcome.state == ENVOYE:
        office.hooks.on_sent(session, taken.row, now)
    elif outcome.state == ECHEC:
        office.hooks.on_failed(session, taken.row, outcome.why, now)
    if outcome.no_mailbox:
        row = taken.row
        found = Suspension(row["recipient_email"], REBOND, outcome.why, now, SERVER)
        if suspend(session.connection(), row["tenant_id"], found):
            office.hooks.on_suspended(session, row, found, now)


def _note(connection: Connection, taken: Claim, outcome: Outcome, now: datetime) -> None:
    values = {"state": outcome.state, "answer": outcome.why[:LONGEST_ANSWER] or None}
    if outcome.state == ENVOYE:
        done = {**values, "sent_at": now, "settled_at": now}
        noted = claims.settle_sent(connection, taken, done)
    elif outcome.state in (ECHEC, ANNULE):
        noted = claims.settle(connection, taken, {**values, "settled_at": now})
    else:
        attempts = taken.attempt - (not outcome.counted)
        waits = {**values, "due_at": outcome.due_at, "attempts": attempts}
        noted = claims.settle(connection, taken, waits)
    if not noted:
        raise _Overtaken
    if outcome.closed:
        cadence.rest(connection, outcome.why, now)
    elif outcome.reached and taken.was_failing:
        cadence.recover(connection)
