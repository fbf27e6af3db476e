"""Letters written: their subject, their text, their e-mail, their files; printed when asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notifications.composing import MissingValue, TemplateFault
from notifications.letterhead import Emblem, Letterhead, unposted
from notifications.merging import Part, merged
from notifications.outbox import Recipient
from notifications.pdf import print_letters
from notifications.template_versions import Template, original, template_in_force
from notifications.writing import File, Sending, Written, composed_of, untold, written_from

__all__ = [
    "Emblem",
    "File",
    "Letterhead",
    "MissingValue",
    "Part",
    "Recipient",
    "Template",
    "TemplateFault",
    "Written",
    "as_pdf",
    "composed_of",
    "digest_of",
    "original",
    "template_in_force",
    "write",
    "write_merged",
]


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
    letter = template.letter
    lacking = (*untold(letter.attachments, context), *(unposted(context) if to_post else ()))
    try:
        composed = composed_of(template, context)
    except MissingValue as error:
        raise MissingValue(tuple(dict.fromkeys((*error.names, *lacking)))) from None
    if lacking:
        raise MissingValue(lacking)
    return written_from(
        composed,
        Sending(letterhead, recipient, reference, at, sequence),
        [context],
        [(name, context) for name in letter.attachments],
        headed=letter.letterhead,
        emblems=letter.emblems,
    )


def write_merged(
    parts: Sequence[Part],
    *,
    letterhead: Letterhead,
    recipient: Recipient,
    at: datetime,
    sequence: int = 0,
) -> Written:
    """Write several letters to one person as one, each part with its reference.

    Raises MissingValue with the names of all parts, TemplateFault.
    """
    references = dict.fromkeys(reference for _, _, reference in parts if reference)
    letters = [template.letter for template, _, _ in parts]
    return written_from(
        merged(parts),
        Sending(letterhead, recipient, ", ".join(references), at, sequence),
        [context for _, context, _ in parts],
        [(name, part[1]) for part in parts for name in part[0].letter.attachments],
        headed=any(letter.letterhead for letter in letters),
        emblems=any(letter.emblems for letter in letters),
    )


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
