"""Guesses are counted, by e-mail and by address: too many close the door for a while."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlmodel import Session

from grants.organisation.tables import TentativeConnexion
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.errors import DomainError

_T = table_of(TentativeConnexion)

WINDOW = timedelta(minutes=15)
_IPV6_SITE = 64


class TooManyAttempts(DomainError):
    """Trop d'essais à la suite. Réessayez après {when}."""

    code = "trop_d_essais"

    def __init__(self, until: datetime, now: datetime) -> None:
        local = to_paris(until)
        super().__init__(when=f"{local.hour} h {local.minute:02}")
        self.until = until
        self.seconds = max(1, int((until - now).total_seconds()) + 1)


@dataclass(frozen=True, slots=True)
class Counter:
    """What is counted: a digest that names nobody, and how many guesses it is allowed."""

    key: str
    allowed: int


def by_email(email: str) -> Counter:
    """The guesses at one account, wherever they come from."""
    return _counter("email", email, 10)


def by_address(address: str) -> Counter:
    """The guesses from one place, at whatever account: an office shares one address."""
    return _counter("adresse", _site(address), 40)


def for_start(address: str) -> Counter:
    """The guesses at the start code from one place."""
    return _counter("demarrage", _site(address), 10)


def count_attempt(session: Session, counters: Iterable[Counter], now: datetime) -> None:
    """Count one guess before it is checked, so that guesses made at once all count.

    Raises TooManyAttempts, and then counts nothing: the door reopens by itself.
    """
    connection = session.connection()
    counters = sorted(counters, key=lambda counter: counter.key)
    connection.execute(delete(_T).where(_T.c.le <= now - WINDOW))
    for counter in counters:
        _alone(connection, counter)
        closed_until = _closed_until(connection, counter, now)
        if closed_until:
            raise TooManyAttempts(closed_until, now)
    connection.execute(insert(_T), [{"cle": counter.key, "le": now} for counter in counters])


def forget_attempts(session: Session, counter: Counter) -> None:
    """The guess was right: those before it no longer count."""
    session.connection().execute(delete(_T).where(_T.c.cle == counter.key))


def _alone(connection: Connection, counter: Counter) -> None:
    """One guess at a time for one counter; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        number = int(counter.key[:15], 16)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _closed_until(connection: Connection, counter: Counter, now: datetime) -> datetime | None:
    recent = (_T.c.cle == counter.key) & (_T.c.le > now - WINDOW)
    made = connection.execute(select(func.count()).where(recent)).scalar_one()
    if made < counter.allowed:
        return None
    latest = select(_T.c.le).where(recent).order_by(_T.c.le.desc()).offset(counter.allowed - 1)
    return connection.execute(latest.limit(1)).scalar_one() + WINDOW


def _counter(purpose: str, what: str, allowed: int) -> Counter:
    digest = hashlib.sha256(f"{purpose}:{what}".encode("utf-8", "replace")).hexdigest()
    return Counter(digest, allowed)


def _site(address: str) -> str:
    """An address; for IPv6 its network, since one subscriber holds all of it."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ip_network((int(known), _IPV6_SITE), strict=False).network_address)
    return str(known)
