"""The link by which whoever receives reminders stops them: signed, for one letter, without end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import Session

from notifications.courrier_table import Courrier
from notifications.hooks import Hooks, Row
from notifications.suspensions import RAPPELS, Suspension, suspend, suspension_of
from workflow.database import table_of
from workflow.errors import NotFound

_SIGNED_BYTES = 18
_NUMBER = re.compile("[1-9][0-9]{0,17}")
_M = table_of(Courrier)


@dataclass(frozen=True, slots=True)
class StopLink:
    """Whose reminders a link stops, in which organisme; `stopped`: they are already."""

    row: Row
    stopped: bool


def stop_token(secret: bytes, courrier_id: int) -> str:
    """What stands in the link of a letter. It names nobody."""
    return f"{courrier_id}-{_signature(secret, courrier_id)}"


def find_stop_link(connection: Connection, secret: bytes, token: str) -> StopLink:
    """What a link is for. Raises NotFound for one that we did not make."""
    number, _, signed = token.partition("-")
    if not _NUMBER.fullmatch(number) or not signed.isascii():
        raise NotFound
    if not hmac.compare_digest(signed, _signature(secret, int(number))):
        raise NotFound
    query = select(*_M.c).where(_M.c.id == int(number))
    row = connection.execute(query).mappings().first()
    if row is None or not row["recipient_email"]:
        raise NotFound
    known = suspension_of(connection, row["tenant_id"], row["recipient_email"])
    return StopLink(dict(row), stopped=known is not None)


def stop_reminders(
    session: Session, hooks: Hooks, secret: bytes, token: str, now: datetime
) -> StopLink:
    """No more reminders to whoever received this one; letters still leave. Never commits.

    Done twice, it is done once. Raises NotFound.
    """
    found = find_stop_link(session.connection(), secret, token)
    row = found.row
    why = "Demandé par le lien d’un rappel"
    asked = Suspension(row["recipient_email"], RAPPELS, why, now, row["recipient_name"])
    if suspend(session.connection(), row["tenant_id"], asked):
        hooks.on_suspended(session, row, asked, now)
    return StopLink(row, stopped=True)


def _signature(secret: bytes, courrier_id: int) -> str:
    signed = hmac.new(secret, b"rappels %d" % courrier_id, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed[:_SIGNED_BYTES]).decode()
