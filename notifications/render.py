"""Letters written: their subject, their text, their e-mail, their files; printed when asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.bounded import compose_bounded
from notifications.calendar_files import calendar_file, event_of, method_of
from notifications.composing import Composed, MissingValue, TemplateFault, compose
from notifications.document import Block
from notifications.email_html import as_html
from notifications.letterhead import Emblem, Letterhead, addressee, unposted
from notifications.letters import Letter
from notifications.outbox import Recipient
from notifications.pdf import Sheet, print_letters
from notifications.plain_text import as_text
from notifications.template_versions import Template, original, template_in_force

__all__ = [
    "Emblem",
    "File",
    "Letterhead",
    "MissingValue",
    "Recipient",
    "Template",
    "TemplateFault",
    "Written",
    "as_pdf",
    "digest_of",
    "original",
    "template_in_force",
    "write",
]

PDF, CALENDAR = "application/pdf", "text/calendar"


@dataclass(frozen=True, slots=True)
class File:
    """What an e-mail carries."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A letter written: `sheet` is what its printing takes."""

    subject: str
    text: str
    html: str
    document: tuple[Block, ...]
    attachments: tuple[File, ...]
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Sending:
    """The occasion: whom it goes to, from whom, under which reference, when."""

    letterhead: Letterhead
    recipient: Recipient
    reference: str
    at: datetime
    sequence: int = 0


def write(
    template: Template,
    context: Mapping[str, Any],
    *,
    letterhead: Letterhead,
    recipient: Recipient,
    reference: str,
    at: datetime,
    sequence: int = 0,
    to_post: bool = False,
) -> Written:
    """Write one letter. Raises MissingValue with every name, TemplateFault.

    `sequence` grows with each letter about the same event: the calendar keeps the greatest.
    `to_post`: on paper, so that the address is one of the values it may lack.
    """
    lacking = unposted(context) if to_post else ()
    try:
        composed = composed_of(template, context)
    except MissingValue as error:
        raise MissingValue((*error.names, *lacking)) from None
    if lacking:
        raise MissingValue(lacking)
    sending = Sending(letterhead, recipient, reference, at, sequence)
    return _written(template.letter, composed, context, sending)


def composed_of(template: Template, context: Mapping[str, Any]) -> Composed:
    """The subject and the blocks; a text that somebody edited is written under guard."""
    return (compose if template.id is None else compose_bounded)(template.source, context)


def as_pdf(written: Written | Sequence[Written]) -> bytes:
    """One letter, or several in one file, each from a page of its own."""
    several = (written,) if isinstance(written, Written) else written
    return print_letters([each.sheet for each in several])


def digest_of(written: Written) -> str:
    """SHA-256 of the letter as it goes: subject, text, e-mail and files."""
    found = hashlib.sha256()
    parts = [written.subject.encode(), written.text.encode(), written.html.encode()]
    for file in written.attachments:
        parts += [file.name.encode(), file.content]
    for part in parts:
        # Told with its length: what ends one part cannot begin the next.
        found.update(b"%d\n" % len(part))
        found.update(part)
    return found.hexdigest()


def _written(
    letter: Letter, composed: Composed, context: Mapping[str, Any], sending: Sending
) -> Written:
    signature = signature_lines(sending.letterhead)
    sheet = Sheet(
        subject=composed.subject,
        blocks=composed.blocks,
        letterhead=sending.letterhead,
        to=addressee(sending.recipient, context),
        reference=sending.reference,
        at=sending.at,
        headed=letter.letterhead,
        emblems=letter.emblems,
    )
    return Written(
        subject=composed.subject,
        text=text_of(composed.blocks, signature),
        html=html_of(composed, signature, sending),
        document=composed.blocks,
        attachments=tuple(file_of(name, sheet, context, sending) for name in letter.attachments),
        sheet=sheet,
    )


def text_of(blocks: Sequence[Block], signature: Sequence[str]) -> str:
    """The text/plain part."""
    return "\n\n".join(filter(None, (as_text(blocks), "\n".join(signature)))) + "\n"


def html_of(composed: Composed, signature: Sequence[str], sending: Sending) -> str:
    """The text/html part."""
    head = sending.letterhead
    street = ", ".join((head.name, *head.address))
    reference = f"Référence : {sending.reference}" if sending.reference else ""
    return as_html(
        composed.subject,
        composed.blocks,
        name=head.name,
        signature=signature,
        foot=tuple(filter(None, (street, head.contact, reference))),
    )


def signature_lines(head: Letterhead) -> tuple[str, ...]:
    """Who signs, in what capacity, for whom."""
    name = head.name if head.signatory else ""
    return tuple(filter(None, (head.signatory, head.signatory_title, name)))


def file_of(name: str, sheet: Sheet, context: Mapping[str, Any], sending: Sending) -> File:
    """One attachment of the letter. Raises MissingValue when its event is not known."""
    if name == "lettre.pdf":
        return File(name, PDF, print_letters([sheet]))
    kind = name.removesuffix(".ics")
    recipient = sending.recipient
    try:
        event = event_of(kind, context, (recipient.name, recipient.email or ""), sending.sequence)
    except (KeyError, TypeError):
        raise MissingValue((f"{kind}.{'le' if kind == 'rendez_vous' else 'tenue_le'}",)) from None
    media_type = f"{CALENDAR}; method={method_of(event)}; charset=utf-8"
    return File(name, media_type, calendar_file(event, sending.at))
