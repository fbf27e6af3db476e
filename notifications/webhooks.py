"""Webhooks: moves told to other programs. Rows of the move's own transaction, sent afterwards.

At least once: an acknowledgement that is lost makes a second sending, with the same event id.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    BigInteger,
    Connection,
    String,
    Text,
    bindparam,
    insert,
    literal_column,
    select,
)
from sqlalchemy import update as change
from sqlmodel import Session

from notifications.outbox import Occasion
from notifications.webhook_tables import Abonnement, Annonce
from workflow.canonical import canonical
from workflow.database import LARGEST_ID, Database, UtcDateTime, table_of
from workflow.errors import Invalid, NotFound
from workflow.statements import Statement

A_ENVOYER, ENVOYEE, ABANDONNEE = "a_envoyer", "envoyee", "abandonnee"
MOST_ADDRESSES = 10
LONGEST_URL = 500
#: How long after each attempt the next one comes; after the last, the event is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
# While somebody is sending it, nobody else does; a program that dies leaves it to the next.
_LEASE = timedelta(minutes=5)
_AT_ONCE = 20
_LONGEST_FAULT = 200
_OK = range(200, 300)
_UNREADABLE = "Cette adresse n’est pas lisible. Copiez-la telle que l’autre programme la donne."
_A, _S = table_of(Annonce), table_of(Abonnement)

Post = Callable[[str, bytes, Mapping[str, str]], "Delivered"]

_ANNOUNCE = Statement(
    insert(_A).from_select(
        [
            "tenant_id",
            "abonnement_id",
            "event_id",
            "event",
            "body",
            "state",
            "attempts",
            "created_at",
            "due_at",
        ],
        select(
            _S.c.tenant_id,
            _S.c.id,
            bindparam("event_id_", type_=String),
            bindparam("event_", type_=String),
            bindparam("body_", type_=Text),
            literal_column(f"'{A_ENVOYER}'"),
            literal_column("0"),
            bindparam("at_", type_=UtcDateTime),
            bindparam("at_", type_=UtcDateTime),
        ).where(_S.c.tenant_id == bindparam("tenant_", type_=BigInteger), _S.c.active),
    )
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one attempt: the status answered, or what came in the way."""

    status: int | None = None
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether the message was acknowledged."""
        return self.status in _OK


@dataclass(frozen=True, slots=True)
class Address:
    """One address that is told. The secret is given once, when it is made."""

    id: int
    url: str
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sending:
    """One event for one address, and what came of it."""

    id: int
    url: str
    event_id: str
    event: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    status: int | None
    fault: str | None


def announce(
    connection: Connection, occasion: Occasion, event: str, content: Mapping[str, Any]
) -> None:
    """Write what is to be told to every address of the organisme, in the move's transaction."""
    event_id = f"{occasion.subject_kind}-{occasion.subject_id}-{occasion.seq}"
    body = canonical({"id": event_id, "evenement": event, "le": occasion.at.isoformat(), **content})
    values = {"event_id_": event_id, "event_": event, "body_": body, "at_": occasion.at}
    _ANNOUNCE.run(connection, {**values, "tenant_": occasion.tenant_id})


def subscribe(session: Session, tenant_id: int, url: str, now: datetime, *, local: bool) -> str:
    """Tell an address from now on; the secret that signs. Never commits. Raises Invalid."""
    fault = _url_fault(url, local=local)
    connection = session.connection()
    known = addresses_of(connection, tenant_id)
    if not fault and any(each.url == url and each.active for each in known):
        fault = "Cette adresse est déjà prévenue."
    if not fault and sum(each.active for each in known) >= MOST_ADDRESSES:
        fault = f"{MOST_ADDRESSES} adresses sont déjà prévenues : retirez-en une d’abord."
    if fault:
        raise Invalid({"url": fault})
    secret = "whs_" + secrets.token_urlsafe(32)
    row = {"tenant_id": tenant_id, "url": url, "secret": secret, "active": True, "created_at": now}
    connection.execute(insert(_S).values(row))
    return secret


def unsubscribe(session: Session, tenant_id: int, id: int) -> bool:
    """Tell an address no more; what was still to be sent to it is given up. Raises NotFound."""
    connection = session.connection()
    own = (_S.c.id == id, _S.c.tenant_id == tenant_id)
    found = _known(id) and connection.execute(select(_S.c.active).where(*own)).first()
    if not found:
        raise NotFound
    connection.execute(change(_S).where(*own).values(active=False))
    waiting = (_A.c.abonnement_id == id, _A.c.state == A_ENVOYER)
    connection.execute(change(_A).where(*waiting).values(state=ABANDONNEE, fault="Retirée"))
    return bool(found.active)


def send_again(session: Session, tenant_id: int, id: int, now: datetime) -> None:
    """Put an event back in the queue, as if it were new. Raises NotFound."""
    own = (_A.c.id == id, _A.c.tenant_id == tenant_id)
    active = select(_S.c.id).where(_S.c.tenant_id == tenant_id, _S.c.active)
    query = change(_A).where(*own, _A.c.abonnement_id.in_(active))
    values = {"state": A_ENVOYER, "attempts": 0, "due_at": now}
    if not _known(id) or not session.connection().execute(query.values(values)).rowcount:
        raise NotFound


def addresses_of(connection: Connection, tenant_id: int) -> list[Address]:
    """The addresses of an organisme, the latest first."""
    columns = (_S.c.id, _S.c.url, _S.c.active, _S.c.created_at)
    query = select(*columns).where(_S.c.tenant_id == tenant_id).order_by(_S.c.id.desc())
    return [Address(*row) for row in connection.execute(query)]


def sendings_of(
    connection: Connection, tenant_id: int, before: int | None = None, size: int = 50
) -> list[Sending]:
    """What was told, or is to be, the latest first."""
    query = (
        select(
            _A.c.id,
            _S.c.url,
            _A.c.event_id,
            _A.c.event,
            _A.c.state,
            _A.c.attempts,
            _A.c.created_at,
            _A.c.due_at,
            _A.c.sent_at,
            _A.c.status,
            _A.c.fault,
        )
        .join(_S, _S.c.id == _A.c.abonnement_id)
        .where(_A.c.tenant_id == tenant_id, _A.c.id < (before or LARGEST_ID))
        .order_by(_A.c.id.desc())
        .limit(size)
    )
    return [Sending(*row) for row in connection.execute(query)]


def deliver(database: Database, now: datetime, post: Post) -> int:
    """Send what is due, each outside any transaction; how many were acknowledged."""
    done = 0
    while claimed := _claim(database, now):
        for row in claimed:
            delivered = post(row["url"], row["body"].encode(), _headers(row, now))
            _settle(database, row, delivered, now)
            done += delivered.ok
    return done


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What proves where a message comes from, and when it was made."""
    signed = str(timestamp).encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _claim(database: Database, now: datetime) -> list[dict[str, Any]]:
    """Some of what is due, put out of the others' reach for the time of an attempt."""
    due = (
        select(_A.c.id, _A.c.attempts, _A.c.event_id, _A.c.event, _A.c.body, _S.c.url, _S.c.secret)
        .join(_S, _S.c.id == _A.c.abonnement_id)
        .where(_A.c.state == A_ENVOYER, _A.c.due_at <= now)
        .order_by(_A.c.due_at, _A.c.id)
        .limit(_AT_ONCE)
        .with_for_update(of=_A, skip_locked=True)
    )
    with database.unit_of_work() as session:
        connection = session.connection()
        rows = [dict(row) for row in connection.execute(due).mappings()]
        ids = [row["id"] for row in rows]
        if ids:
            leased = {"due_at": now + _LEASE, "attempts": _A.c.attempts + 1}
            connection.execute(change(_A).where(_A.c.id.in_(ids)).values(leased))
    return rows


def _headers(row: Mapping[str, Any], now: datetime) -> dict[str, str]:
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Microprojets",
        "Webhook-Id": row["event_id"],
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signature(row["secret"], timestamp, row["body"].encode()),
    }


def _settle(
    database: Database, row: Mapping[str, Any], delivered: Delivered, now: datetime
) -> None:
    """Write what came of an attempt: acknowledged, to be tried later, or given up."""
    values: dict[str, Any] = {
        "status": delivered.status,
        "fault": delivered.fault[:_LONGEST_FAULT] or None,
    }
    if delivered.ok:
        values |= {"state": ENVOYEE, "sent_at": now}
    elif row["attempts"] < len(WAITS):
        values["due_at"] = now + WAITS[row["attempts"]]
    else:
        values["state"] = ABANDONNEE
    still = (_A.c.id == row["id"], _A.c.state == A_ENVOYER)
    with database.unit_of_work() as session:
        session.connection().execute(change(_A).where(*still).values(values))


def _known(id: int) -> bool:
    return 0 < id <= LARGEST_ID


def _url_fault(url: str, *, local: bool) -> str:
    """Why an address cannot be told; `local`: this very machine may be, without https."""
    if not url:
        return "Donnez l’adresse à prévenir."
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return _UNREADABLE
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _UNREADABLE
    if parts.username or parts.password:
        return "Retirez le nom et le mot de passe de l’adresse."
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        return "L’adresse doit commencer par https://."
    whole = parts.hostname and port != 0 and not parts.fragment
    return "" if whole else "Donnez l’adresse complète, comme https://outil.exemple.fr/mouvements."
