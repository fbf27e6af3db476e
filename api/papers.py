"""The papers of a séance as files: the same for a page and for a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.responses import Response

from grants.comites.papiers.emargement import signing_paper
from grants.comites.papiers.impression import minutes_pdf, minutes_word
from grants.comites.papiers.proces_verbal import extract_paper, minutes_of
from grants.comites.papiers.seance import note_paper, session_paper
from grants.comites.reading import read_sitting
from grants.dossiers.reading import read_subject
from notifications.papers import print_paper
from workflow.engine import Engine

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: The addresses under a séance, and under one of its dossiers, with what they are called.
OF_A_SEANCE: Mapping[str, str] = {
    "dossier-de-seance.pdf": "Le dossier de séance",
    "feuille-de-presence.pdf": "La feuille de présence",
    "proces-verbal.pdf": "Le procès-verbal",
    "proces-verbal.docx": "Le procès-verbal en document Word",
}
OF_A_DOSSIER: Mapping[str, str] = {
    "note.pdf": "La note sur un dossier",
    "extrait.pdf": "L’extrait du procès-verbal sur un dossier",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a paper is asked for: by whom, about which séance, when."""

    connection: Connection
    engine: Engine
    organisme_id: int
    seance_id: int
    now: datetime

    def pack(self) -> bytes:
        """The whole pack. Raises NotFound, PaperRefused."""
        about = (self.organisme_id, self.seance_id, self.now)
        return print_paper(session_paper(self.connection, self.engine, *about))

    def sheet(self) -> bytes:
        """The sheet to sign. Raises NotFound, PaperRefused."""
        about = (self.organisme_id, self.seance_id, self.now)
        return print_paper(signing_paper(self.connection, *about))

    def minutes(self) -> bytes:
        """The minutes as they are kept, or their draft. Raises NotFound, PaperRefused."""
        return minutes_pdf(self.connection, self.organisme_id, self.seance_id, self.now)

    def word(self) -> bytes:
        """The minutes to paste elsewhere. Raises NotFound, PaperRefused."""
        return minutes_word(self.connection, self.organisme_id, self.seance_id)

    def note(self, dossier_id: int) -> bytes:
        """Two pages on a dossier. Raises NotFound, NotOnTheAgenda."""
        about = (self.organisme_id, self.seance_id, dossier_id, self.now)
        return print_paper(note_paper(self.connection, self.engine, *about))

    def extract(self, dossier_id: int) -> bytes:
        """What the minutes say of a dossier. Raises NotFound, NotOnTheAgenda, PaperRefused."""
        read_sitting(self.connection, self.organisme_id, self.seance_id, lock=False)
        read_subject(self.connection, self.engine, self.organisme_id, dossier_id, lock=False)
        minutes = minutes_of(self.connection, self.organisme_id, self.seance_id)
        return print_paper(extract_paper(minutes, dossier_id, self.now))


def given(content: bytes, name: str, *, inline: bool = False) -> Response:
    """The file, for its reader alone."""
    how = "inline" if inline else "attachment"
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=WORD if name.endswith(".docx") else PDF, headers=headers)
