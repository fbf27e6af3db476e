"""Answers kept under an idempotency key: the same demand again is answered the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.jeton_tables import Reponse
from workflow.database import table_of
from workflow.errors import KeyReused

_R = table_of(Reponse)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent."""

    status: int
    body: str
    headers: dict[str, str]


def print_of(method: str, path: str, body: bytes, version: str) -> str:
    """What tells one demand from another under the same key."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode("utf-8", "replace"), version.encode(), body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def claim(
    session: Session, identity: Identity, key: str, fingerprint: str, now: datetime
) -> Kept | None:
    """Take a key for this demand, or give the answer already made. Raises KeyReused.

    Another request at work under the same key is waited for: on PostgreSQL at the insertion, on
    SQLite because there is one writer. Where its work goes on in transactions of its own and was
    not done, no answer is kept yet: the demand is made again, and does what is left.
    """
    connection = session.connection()
    row = {
        "organisme_id": identity.organisme_id,
        "compte_id": identity.compte_id,
        "cle": key,
        "empreinte": fingerprint,
        "reponse": "",
        "le": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(_R).values(row))
    except IntegrityError:
        return _known(session, identity, key, fingerprint)
    return None


def keep(session: Session, identity: Identity, key: str, answer: Kept) -> None:
    """Write the answer beside its key, in the transaction of what was done."""
    session.connection().execute(
        update(_R).where(*_of(identity, key)).values(reponse=json.dumps(asdict(answer)))
    )


def _known(session: Session, identity: Identity, key: str, fingerprint: str) -> Kept | None:
    query = select(_R.c.empreinte, _R.c.reponse).where(*_of(identity, key))
    row = session.connection().execute(query).one()
    if row.empreinte != fingerprint:
        raise KeyReused
    if not row.reponse:
        return None
    return Kept(**json.loads(row.reponse))


def _of(identity: Identity, key: str) -> tuple[Any, ...]:
    return (
        _R.c.organisme_id == identity.organisme_id,
        _R.c.compte_id == identity.compte_id,
        _R.c.cle == key,
    )
