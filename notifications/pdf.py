"""Letters on paper: blocks → one PDF/A-2a and PDF/UA-1 file, by the one template of letterheads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import finalize

from notifications.document import Block
from notifications.document_data import data_of
from notifications.email_html import LETTERHEAD
from notifications.font_coverage import Printable
from notifications.images import Pictures
from notifications.letter_filters import date_longue
from notifications.letterhead import Emblem, Letterhead
from notifications.pdf_streams import settled
from workflow.dates import to_paris

if TYPE_CHECKING:
    from typst import Compiler

STANDARDS = ("a-2a", "ua-1")
FONTS = LETTERHEAD / "fonts"
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


class Printer:
    """One compiler, used by one thread at a time, in a folder with the template and pictures."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._root = Path(mkdtemp(prefix="microprojets-lettres-"))
        finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        self._template = self._root / "letter.typ"
        self._printable = Printable(FONTS / "SourceSans3-Regular.otf")
        self._furnish()
        self.compiler = _compiler(self._template)

    def print(self, sheets: Sequence[Sheet]) -> bytes:
        """The letters as one file."""
        latest = max(sheet.at for sheet in sheets)
        with self._lock:
            made = self.compiler.compile(
                format="pdf",
                sys_inputs=self.prepared(sheets),
                pdf_standards=list(STANDARDS),
                timestamp=int(latest.timestamp()),
            )
        assert isinstance(made, bytes)
        return settled(made)

    def prepared(self, sheets: Sequence[Sheet]) -> dict[str, str]:
        """What the template reads. Its pictures are in the folder, ready to be drawn."""
        # Some systems empty their temporary folders of what is old.
        if not self._template.exists():
            self._furnish()
        return {"letters": self._data([self._letter(sheet) for sheet in sheets], sheets[0])}

    def _furnish(self) -> None:
        self._root.mkdir(exist_ok=True)
        for path in (*LETTERHEAD.glob("*.typ"), *LETTERHEAD.glob("*.svg")):
            shutil.copy(path, self._root)
        self._pictures = Pictures(self._root)

    def _data(self, letters: list[dict[str, Any]], first: Sheet) -> str:
        title = first.subject if len(letters) == 1 else f"{len(letters)} lettres"
        content = {"title": title, "author": first.letterhead.name, "letters": letters}
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        if not self._printable.covered.issuperset(map(ord, set(text))):
            text = text.translate(self._printable)
        return text

    def _letter(self, sheet: Sheet) -> dict[str, Any]:
        head = sheet.letterhead
        dated = date_longue(to_paris(sheet.at).date().isoformat())
        emblems = head.emblems if sheet.emblems else ()
        return {
            "headed": sheet.headed,
            "name": head.name,
            "address": head.address,
            "contact": head.contact,
            "logo": self._pictures.name_of(head.logo) if sheet.headed else None,
            "signature": self._pictures.name_of(head.signature),
            "signatory": head.signatory,
            "signatory_title": head.signatory_title,
            "emblems": [
                {"flag": each.flag, "words": each.words, "alt": _FLAGS[each.flag]}
                for each in emblems
            ],
            "to": sheet.to,
            "reference": sheet.reference,
            "dated": f"{head.place}, le {dated}" if head.place else f"Le {dated}",
            "subject": sheet.subject,
            "blocks": data_of(sheet.blocks),
        }


def _emblem(it: Emblem) -> dict[str, str]:
    return {"flag": it.flag, "words": it.words, "alt": _FLAGS[it.flag]}


def _compiler(template: Path) -> Compiler:
    from typst import Compiler, Fonts

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return Compiler(template, root=template.parent, font_paths=fonts)
