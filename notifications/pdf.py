"""Letters on paper: blocks → one PDF/A-2a and PDF/UA-1 file, by the one template of letterheads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from notifications.document import Block
from notifications.document_data import data_of
from notifications.email_html import LETTERHEAD
from notifications.images import Pictures
from notifications.letter_filters import date_longue
from notifications.letterhead import Letterhead
from notifications.typesetting import FONTS, STANDARDS, Typesetter
from workflow.dates import to_paris

__all__ = ["FONTS", "STANDARDS", "Printer", "Sheet", "print_letters"]
_FLAGS = {"europe": "Drapeau de l’Union européenne", "france": "Drapeau français"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One letter to print: what it says, and what stands around it."""

    subject: str
    blocks: tuple[Block, ...]
    letterhead: Letterhead
    to: tuple[str, ...]
    reference: str
    at: datetime
    headed: bool = True
    emblems: bool = False


def print_letters(sheets: Sequence[Sheet]) -> bytes:
    """One file, each letter from a page of its own, numbered by itself.

    The same letters give the same bytes: the date of the file is that of the latest letter.
    """
    return _printer().print(sheets)


@lru_cache(maxsize=1)
def _printer() -> Printer:
    return Printer()


class Printer(Typesetter):
    """What sets letters in type."""

    def __init__(self) -> None:
        super().__init__("letter.typ", (LETTERHEAD,))

    def print(self, sheets: Sequence[Sheet]) -> bytes:
        """The letters as one file."""
        latest = max(sheet.at for sheet in sheets)
        return self.set_in_type(lambda: self.prepared(sheets), latest)

    def prepared(self, sheets: Sequence[Sheet]) -> dict[str, str]:
        """What the template reads. Its pictures are in the folder, ready to be drawn."""
        pictures, first = self.pictures(), sheets[0]
        letters = [_letter(sheet, pictures) for sheet in sheets]
        title = first.subject if len(letters) == 1 else f"{len(letters)} lettres"
        content = {"title": title, "author": first.letterhead.name, "letters": letters}
        return {"letters": self.told(content)}


def _letter(sheet: Sheet, pictures: Pictures) -> dict[str, Any]:
    head = sheet.letterhead
    dated = date_longue(to_paris(sheet.at).date().isoformat())
    emblems = head.emblems if sheet.emblems else ()
    return {
        "headed": sheet.headed,
        "name": head.name,
        "address": head.address,
        "contact": head.contact,
        "logo": pictures.name_of(head.logo) if sheet.headed else None,
        "signature": pictures.name_of(head.signature),
        "signatory": head.signatory,
        "signatory_title": head.signatory_title,
        "emblems": [
            {"flag": each.flag, "words": each.words, "alt": _FLAGS[each.flag]} for each in emblems
        ],
        "to": sheet.to,
        "reference": sheet.reference,
        "dated": f"{head.place}, le {dated}" if head.place else f"Le {dated}",
        "subject": sheet.subject,
        "blocks": data_of(sheet.blocks),
    }
