"""What the page of a dossier says of the comités that it comes before."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.sitting import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAt:
    """One séance: where the dossier stands there, and what can be read or written of it."""

    seance: Link
    state: Mark
    noted: bool
    note_url: str | None
    papers: tuple[Link, ...]
