"""What a letter that has been composed becomes: its text, its e-mail, its files, its sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.bounded import compose_bounded
from notifications.calendar_files import HOURS, calendar_file, event_of, method_of
from notifications.composing import Composed, MissingValue, compose
from notifications.document import Block
from notifications.email_html import as_html
from notifications.letterhead import Letterhead, addressee
from notifications.outbox import Recipient
from notifications.pdf import Sheet, print_letters
from notifications.plain_text import as_text
from notifications.template_versions import Template
from notifications.typography import french

PDF, CALENDAR = "application/pdf", "text/calendar"
_OWN_PDF = "lettre.pdf"


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


def composed_of(template: Template, context: Mapping[str, Any]) -> Composed:
    """The subject and the blocks; a text that somebody edited is written under guard."""
    return (compose if template.id is None else compose_bounded)(template.source, context)


def untold(attachments: Iterable[str], context: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the hours that calendar files lack."""
    kinds = [name.removesuffix(".ics") for name in attachments if name != _OWN_PDF]
    return tuple(
        f"{kind}.{HOURS[kind]}" for kind in kinds if not (context.get(kind) or {}).get(HOURS[kind])
    )


def written_from(
    composed: Composed,
    sending: Sending,
    contexts: Sequence[Mapping[str, Any]],
    attachments: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    headed: bool,
    emblems: bool,
) -> Written:
    """The letter, addressed after the first context, with the files asked of each."""
    sheet = Sheet(
        subject=french(composed.subject),
        blocks=composed.blocks,
        letterhead=sending.letterhead,
        to=addressee(sending.recipient, contexts[0]),
        reference=sending.reference,
        at=sending.at,
        headed=headed,
        emblems=emblems,
    )
    signature = _signature(sending.letterhead)
    return Written(
        subject=composed.subject,
        text="\n\n".join(filter(None, (as_text(composed.blocks), "\n".join(signature)))) + "\n",
        html=_html(composed, signature, sending),
        document=composed.blocks,
        attachments=tuple(_named(_files(attachments, sheet, sending))),
        sheet=sheet,
    )


def _html(composed: Composed, signature: Sequence[str], sending: Sending) -> str:
    head = sending.letterhead
    reference = f"Référence : {sending.reference}" if sending.reference else ""
    return as_html(
        french(composed.subject),
        composed.blocks,
        name=head.name,
        signature=signature,
        foot=tuple(filter(None, (", ".join((head.name, *head.address)), head.contact, reference))),
    )


def _signature(head: Letterhead) -> tuple[str, ...]:
    """Who signs, in what capacity, for whom."""
    name = head.name if head.signatory else ""
    return tuple(filter(None, (head.signatory, head.signatory_title, name)))


def _files(
    attachments: Iterable[tuple[str, Mapping[str, Any]]], sheet: Sheet, sending: Sending
) -> list[File]:
    """Raises MissingValue when the event of a calendar file is not known."""
    found: list[File] = []
    printed = False
    for name, context in attachments:
        if name != _OWN_PDF:
            found.append(_calendar(name, context, sending))
        elif not printed:
            found.append(File(name, PDF, print_letters([sheet])))
            printed = True
    return found


def _calendar(name: str, context: Mapping[str, Any], sending: Sending) -> File:
    lacking = untold((name,), context)
    if lacking:
        raise MissingValue(lacking)
    kind = name.removesuffix(".ics")
    recipient = sending.recipient
    event = event_of(kind, context, (recipient.name, recipient.email or ""), sending.sequence)
    media_type = f"{CALENDAR}; method={method_of(event)}; charset=utf-8"
    return File(name, media_type, calendar_file(event, sending.at))


def _named(files: Iterable[File]) -> Iterable[File]:
    """Each under a name of its own: « seance.ics », « seance-2.ics »."""
    taken: dict[str, int] = {}
    for file in files:
        rank = taken[file.name] = taken.get(file.name, 0) + 1
        stem, _, extension = file.name.rpartition(".")
        name = file.name if rank == 1 else f"{stem}-{rank}.{extension}"
        yield File(name, file.media_type, file.content)
