"""Servers broken on purpose, each in one way, to prove that the tests of kills would see it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlmodel import Session

import grants.dossiers.advance as moving
from api.pages import dossiers
from notifications import outbox
from workflow.database import Database

# Long enough for a kill to fall between what should be one thing.
_GAP_S = 0.03


def acknowledging_before_committing() -> None:
    """Answers « done » to each move, and commits it an instant later."""
    advance = dossiers.advance

    def noticed(session: Session, *arguments: Any) -> Any:
        advanced = advance(session, *arguments)
        session.info["put off"] = True
        return advanced

    @contextmanager
    def unit_of_work(database: Database) -> Iterator[Session]:
        session = Session(database.engine, autoflush=False, expire_on_commit=False)
        try:
            yield session
            if session.info.get("put off"):
                threading.Thread(target=_commit_later, args=(session,)).start()
                return
            session.commit()
        except BaseException:
            session.rollback()
            raise
        session.close()

    _replace(dossiers, "advance", noticed)
    _replace(Database, "unit_of_work", unit_of_work)


def _commit_later(session: Session) -> None:
    time.sleep(_GAP_S)
    session.commit()
    session.close()


def ignoring_keys() -> None:
    """Carries the same demand out each time that it comes; answers slowly."""
    real = dossiers.advance

    def forgetful(session: Session, engine: Any, identity: Any, demand: Any, now: Any) -> Any:
        bare = moving.Demand(demand.dossier_id, demand.action, demand.answers, demand.reason)
        return real(session, engine, identity, bare, now)

    _replace(dossiers, "advance", forgetful)
    _after_each_commit(lambda _database: time.sleep(_GAP_S))


def writing_letters_afterwards() -> None:
    """Commits a move, then writes its letters in another transaction."""
    put_off = threading.local()
    real = outbox.enqueue

    def later(_connection: Any, occasion: Any, letters: Any) -> None:
        put_off.letters = [*getattr(put_off, "letters", []), (occasion, letters)]

    def write(database: Database) -> None:
        time.sleep(_GAP_S)
        waiting, put_off.letters = getattr(put_off, "letters", []), []
        with whole(database) as session:
            for occasion, letters in waiting:
                real(session.connection(), occasion, letters)

    whole = _after_each_commit(write)
    _replace(outbox, "enqueue", later)


def _after_each_commit(work: Callable[..., None]) -> Callable[[Database], Any]:
    real = Database.unit_of_work

    @contextmanager
    def unit_of_work(database: Database) -> Iterator[Session]:
        with real(database) as session:
            yield session
        work(database)

    _replace(Database, "unit_of_work", unit_of_work)
    return real


def _replace(owner: object, name: str, by: object) -> None:
    patch.object(owner, name, by).start()


BROKEN: dict[str, Callable[[], None]] = {
    "acknowledging before committing": acknowledging_before_committing,
    "ignoring keys": ignoring_keys,
    "writing letters afterwards": writing_letters_afterwards,
}
