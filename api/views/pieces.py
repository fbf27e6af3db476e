"""The pièces of a dossier, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.views.fields import FieldView
from api.views.stages import PhaseTone


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One file handed in. `about` reads « PDF, 3 pages, 240 Ko »."""

    name: str
    about: str
    who: str
    at: datetime
    url: str
    preview_url: str | None = None
    withdraw_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceForms:
    """What a writer may do with one pièce; `None` for what does not apply to its state."""

    deposit_url: str
    deposit_key: str
    deposit_error: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    told: str = ""
    validate_url: str | None = None
    date: FieldView | None = None
    correct_url: str | None = None
    reason: FieldView | None = None
    comment: FieldView | None = None
    validating: bool = False
    correcting: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceLine:
    """One expected pièce: why, for which moves, where it stands, what was handed in.

    `awaited`: a move from the dossier's present stage waits for it. `served`: it is out of date,
    and no move ahead waits for it any more.
    """

    key: str
    label: str
    why: str
    state: str
    state_label: str
    tone: PhaseTone
    moves: str = ""
    awaited: bool = False
    validity: str = ""
    shared: bool = False
    dated: date | None = None
    until: date | None = None
    served: bool = False
    reason: str = ""
    comment: str = ""
    who: str = ""
    at: datetime | None = None
    files: tuple[FileLine, ...] = ()
    forms: PieceForms | None = None

    @property
    def anchor(self) -> str:
        """The id of its block on the page."""
        return f"piece-{self.key}"

    @property
    def required(self) -> bool:
        """Whether some move waits for it."""
        return bool(self.moves)


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesSection:
    """Every pièce that the pipeline expects; `accept` is what a window for files proposes."""

    lines: tuple[PieceLine, ...]
    accept: str

    @property
    def owed(self) -> int:
        """How many that the next move waits for are not validated yet."""
        return sum(line.awaited and line.state != "validee" for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """One file shown in the page: a picture, or a PDF in a frame."""

    name: str
    about: str
    piece: str
    reference: str
    back_url: str
    download_url: str
    content_url: str
    is_image: bool
