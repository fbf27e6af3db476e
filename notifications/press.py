"""Letters of the outbox written with the organisme's own texts, as they will be sent or printed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from notifications.drafts import Draft, Row
from notifications.letters import Letter
from notifications.outbox import PAPIER, Recipient
from notifications.render import (
    File,
    Letterhead,
    MissingValue,
    Template,
    TemplateFault,
    Written,
    as_pdf,
    digest_of,
    template_in_force,
    write,
    write_merged,
)
from notifications.written import Incomplete, Unwritable, WrittenLetter
from workflow.dates import from_paris, to_paris

PDF_NAME, PDF = "lettre.pdf", "application/pdf"
#: Gives the letterhead of a letter's row: the composition root knows who signs.
LetterheadOf = Callable[[Connection, Row, Letter], Letterhead]
#: What a value that a letter lacks is called in French.
LabelOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Press:
    """Writes letters: those of this catalogue, under these letterheads."""

    letters: Mapping[str, Letter]
    letterhead_of: LetterheadOf
    label_of: LabelOf = str

    def __call__(self, connection: Connection, draft: Draft, at: datetime) -> WrittenLetter:
        """The letter as it is on that day. Raises Incomplete, Unwritable."""
        written, template_id = self.compose(connection, draft, at)
        files, digest = written.attachments, digest_of(written)
        if draft.row["channel"] == PAPIER:
            printed = as_pdf(written)
            files = (File(PDF_NAME, PDF, printed),)
            digest = hashlib.sha256(digest.encode() + printed).hexdigest()
        return WrittenLetter(
            written.subject, written.text, written.html, files, digest, template_id
        )

    def compose(
        self, connection: Connection, draft: Draft, at: datetime
    ) -> tuple[Written, int | None]:
        """The letter before it is sent or printed, and the version of the text it is written from.

        Raises Incomplete, Unwritable.
        """
        row = draft.row
        letter = self._letter(row)
        around: dict[str, Any] = {
            "letterhead": self.letterhead_of(connection, row, letter),
            "recipient": Recipient(
                row["recipient_name"], row["recipient_email"], row["recipient_id"]
            ),
            "at": _that_day(at),
            "sequence": row["subject_seq"],
        }
        try:
            if len(draft.reminders) > 1:
                parts = [self._part(connection, each) for each in draft.reminders]
                return write_merged(parts, **around), None
            template, context, reference = self._part(connection, row)
            posted = row["channel"] == PAPIER
            whole = write(template, context, reference=reference, to_post=posted, **around)
        except MissingValue as fault:
            raise Incomplete(fault.names, [self.label_of(each) for each in fault.names]) from None
        except TemplateFault as fault:
            raise Unwritable(str(fault)) from None
        return whole, template.id

    def _part(self, connection: Connection, row: Row) -> tuple[Template, Mapping[str, Any], str]:
        """The text in force, the values, and the reference of the dossier."""
        template = template_in_force(connection, row["tenant_id"], self._letter(row))
        context = json.loads(row["context"])
        return template, context, (context.get("dossier") or {}).get("reference") or ""

    def _letter(self, row: Row) -> Letter:
        found = self.letters.get(row["letter"])
        if found is None:
            raise Unwritable(f"aucun modèle ne s’appelle plus « {row['letter']} »")
        return found


def _that_day(at: datetime) -> datetime:
    """Midnight in Paris: a letter read in the morning is the same one sent in the afternoon."""
    return from_paris(datetime.combine(to_paris(at).date(), time()))
