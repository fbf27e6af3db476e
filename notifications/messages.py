"""A frozen letter made an e-mail: its headers, its text in two forms, what it carries."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from notifications.envelope import (
    LONGEST_SUBJECT,
    UnsafeAddress,
    domain_of,
    mailbox,
    safe_address,
    safe_name,
)
from notifications.transports import Parcel
from workflow.dates import format_datetime as french_datetime
from workflow.dates import to_paris

#: What the mailbox of an installation is called until its settings say so.
NOBODY = "ne-pas-repondre@localhost"
Row = Mapping[str, Any]
_OURS = re.compile(r"<courrier\.([0-9]{1,18})\.[0-9a-f]{24}@")


@dataclass(frozen=True, slots=True)
class House:
    """Who the letters of this installation come from. `address` signs envelopes, « » unset."""

    address: str = ""

    @property
    def domain(self) -> str:
        """The domain under which messages are numbered."""
        return domain_of(self.address or NOBODY)

    def message_id(self, row: Row) -> str:
        """The same for every attempt at one letter, and no other's: what receivers sort out by."""
        of = f"{row['tenant_id']}|{row['id']}|{row['letter']}|{row['created_at'].isoformat()}"
        digest = hashlib.sha256(of.encode()).hexdigest()[:24]
        return f"<courrier.{row['id']}.{digest}@{self.domain}>"


def courrier_id_of(message_id: str) -> int | None:
    """The letter that a Message-ID of ours was made for; whose it is, is still to be checked."""
    found = _OURS.search(message_id)
    return int(found[1]) if found else None


def parcel_of(
    row: Row, files: Sequence[Row], house: House, now: datetime, unsubscribe: str | None = None
) -> Parcel:
    """The e-mail of a letter, in an envelope for its one recipient. Raises UnsafeAddress."""
    context = json.loads(row["context"])
    organisme, referent = context.get("organisme") or {}, context.get("referent") or {}
    sender = _sender(organisme, house)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mailbox(row["recipient_name"], row["recipient_email"])
    if answer_to := _answer_to(referent, organisme, sender):
        message["Reply-To"] = answer_to
    message["Subject"] = safe_name(row["subject_line"], LONGEST_SUBJECT)
    message["Date"] = format_datetime(to_paris(now))
    message["Message-ID"] = row["message_id"]
    message["Content-Language"] = "fr"
    if row["validated_by_id"] is None:  # nobody reads what robots answer to a robot
        message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        _offer_to_stop(message, unsubscribe)
    _fill(message, row, files)
    _fix_boundaries(message, row["message_id"])
    name = f"{row['created_at']:%Y-%m-%d}-{row['id']}-{row['letter']}"
    return Parcel(message, sender.addr_spec, safe_address(row["recipient_email"]), name)


def trial_parcel(house: House, address: str, now: datetime) -> Parcel:
    """A message that only says that messages arrive. Raises UnsafeAddress."""
    sender = _sender({"nom": "Microprojets"}, house)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mailbox("", address)
    message["Subject"] = "Essai d’envoi"
    message["Date"] = format_datetime(to_paris(now))
    message["Message-ID"] = f"<essai.{now:%Y%m%d%H%M%S%f}@{house.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    told = f"Ce message d’essai est parti le {french_datetime(now)}. Les courriers partent aussi."
    message.set_content(f"Bonjour,\n\n{told}\n", cte="quoted-printable")
    name = f"essai-{now:%Y-%m-%d-%H%M%S}"
    return Parcel(message, sender.addr_spec, safe_address(address), name)


def _sender(organisme: Mapping[str, Any], house: House) -> Address:
    """The organisme under its own name, from the address that the installation may send from."""
    try:
        return mailbox(organisme.get("nom"), house.address or organisme.get("email"))
    except UnsafeAddress:
        return Address(safe_name(organisme.get("nom")), addr_spec=NOBODY)


def _answer_to(
    referent: Mapping[str, Any], organisme: Mapping[str, Any], sender: Address
) -> Address | None:
    """Whoever knows the dossier, else the organisme; None where answers come back already."""
    for who in (referent, organisme):
        try:
            found = mailbox(who.get("nom"), who.get("email"))
        except UnsafeAddress:
            continue
        return None if found.addr_spec == sender.addr_spec else found
    return None


def _offer_to_stop(message: EmailMessage, url: str) -> None:
    message["List-Unsubscribe"] = f"<{url}>"
    if url.startswith("https:"):  # one click is only promised over a safe connection
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _fill(message: EmailMessage, row: Row, files: Sequence[Row]) -> None:
    """Both forms of the text, quoted so that no server on the way needs to change a byte."""
    message.set_content(row["body_text"] or "", cte="quoted-printable")
    if row["body_html"]:
        message.add_alternative(row["body_html"], subtype="html", cte="quoted-printable")
    for file in files:
        kind, *parameters = (part.strip() for part in file["media_type"].split(";"))
        maintype, _, subtype = kind.partition("/")
        said = dict(each.partition("=")[::2] for each in parameters)
        message.add_attachment(
            file["content"],
            maintype=maintype,
            subtype=subtype or "octet-stream",
            filename=safe_name(file["name"]),
            params=said,
        )


def _fix_boundaries(message: EmailMessage, number: str) -> None:
    """What stands between parts, else drawn at random: each attempt is the same message."""
    digest = hashlib.sha256(number.encode()).hexdigest()[:24]
    for rank, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest}_{rank}")
