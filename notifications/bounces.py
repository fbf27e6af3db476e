"""Messages that came back: notices of non-delivery (RFC 3464), matched by our Message-ID."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Any, Literal

from sqlalchemy import Connection, select, update
from sqlmodel import Session

from notifications.courrier_table import Courrier
from notifications.envelope import printable_line
from notifications.hooks import Hooks
from notifications.messages import Row, courrier_id_of
from notifications.outbox import ECHEC, ENVOYE
from notifications.smtp_replies import LONGEST_ANSWER, says_no_mailbox
from notifications.suspensions import REBOND, Suspension, suspend
from workflow.database import table_of

#: What is read of a message; the notice stands at its beginning.
LONGEST_NOTICE = 10_000_000
_NOTICE_CODE = 550
BY = "Avis de non-remise"
_M = table_of(Courrier)

#: `note`; `deja`: it was known; `provisoire`: the server still tries; `inconnu`: not our letter;
#: `autre`: not a notice of non-delivery.
Noted = Literal["note", "deja", "provisoire", "inconnu", "autre"]


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a notice says: of which message, whether for good, and why."""

    message_id: str
    final: bool
    status: str
    why: str

    @property
    def no_mailbox(self) -> bool:
        """Whether nobody receives at that address."""
        return says_no_mailbox(_NOTICE_CODE, f"{self.status} {self.why}")


def read_notice(raw: bytes) -> Bounce | None:
    """The notice that a message is; None for any other message."""
    message = message_from_bytes(raw[:LONGEST_NOTICE])
    kind = str(message.get_param("report-type", "")).lower()
    if message.get_content_type() != "multipart/report" or kind != "delivery-status":
        return None
    report = next(_parts(message, "message/delivery-status"), None)
    message_id = _original_id(message)
    if report is None or message_id is None:
        return None
    told = [part for part in _inside(report) if part.get("action")]
    failed = next((part for part in told if _word(part, "action") == "failed"), None)
    about = failed or next(iter(told), None)
    if about is None:
        return None
    status = _word(about, "status")
    why = printable_line(str(about.get("diagnostic-code", "")), LONGEST_ANSWER)
    why = why.partition(";")[2].strip() or why
    return Bounce(message_id, failed is not None and status.startswith("5"), status, why)


def note_bounce(session: Session, hooks: Hooks, raw: bytes, now: datetime) -> Noted:
    """Note that a letter came back: somebody must see to it, its address may be no more.

    Never commits. What is not about a letter of ours changes nothing.
    """
    bounce = read_notice(raw)
    if bounce is None:
        return "autre"
    connection = session.connection()
    row = _letter(connection, bounce.message_id)
    if row is None:
        return "inconnu"
    if not bounce.final:
        return "provisoire"
    if row["state"] != ENVOYE:
        return "deja"
    why = f"Revenu non remis : {bounce.status} {bounce.why}".strip()[:LONGEST_ANSWER]
    hooks.on_failed(session, row, why, now)
    if bounce.no_mailbox:
        gone = Suspension(row["recipient_email"], REBOND, why, now, BY)
        if suspend(connection, row["tenant_id"], gone):
            hooks.on_suspended(session, row, gone, now)
    back = update(_M).where(_M.c.id == row["id"])
    connection.execute(back.values(state=ECHEC, answer=why, settled_at=now))
    return "note"


def _letter(connection: Connection, message_id: str) -> Row | None:
    """The letter that was sent under this number, to the letter: nobody may guess another's."""
    id = courrier_id_of(message_id)
    if id is None:
        return None
    query = select(*_M.c).where(_M.c.id == id, _M.c.message_id == message_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _original_id(message: Message) -> str | None:
    """The Message-ID of what came back: whole, or its headers only."""
    for kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
        for part in _parts(message, kind):
            inside = next(iter(_inside(part)), None)
            origin = inside if inside is not None else message_from_string(_text(part))
            if found := origin.get("message-id"):
                return str(found).strip()
    return None


def _parts(message: Message, kind: str) -> Iterator[Message]:
    """The parts of a notice itself, not those of the message that it gives back."""
    return (part for part in _inside(message) if part.get_content_type() == kind)


def _inside(message: Message) -> list[Message]:
    inside: Any = message.get_payload()
    return inside if isinstance(inside, list) else []


def _text(part: Message) -> str:
    content: Any = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _word(part: Message, name: str) -> str:
    return str(part.get(name, "")).split("(")[0].strip().lower()
