"""Letters on screen: those that wait for somebody, those that left, one of them whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.adresses import StoppedAddress
from api.views.chrome import Link
from api.views.listing import EmptyState, FilterBar, Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter in a list. `choosable`: it may be ticked, to be sent, posted or printed."""

    id: str
    url: str
    title: str
    subject: str
    recipient: str
    address: str
    state: str
    tone: str
    detail: str
    at: datetime
    dossier: Link | None = None
    paper: bool = False
    reminder: bool = False
    choosable: bool = False
    stopped: StoppedAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersPage:
    """The letters of an organisme, the latest first. `token` proves the batch form."""

    tabs: tuple[Tab, ...]
    addresses_url: str
    filters: FilterBar
    here: str
    rows: tuple[LetterRow, ...]
    may_write: bool
    url: str = ""
    older_url: str | None = None
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture:
    """One thing to do with a letter: a button that posts."""

    url: str
    label: str
    icon: str
    told: str = ""
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file that the letter carries."""

    name: str
    url: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """One letter: what its recipient reads, where it stands, what may be done.

    `html_url` is the e-mail as it goes, drawn in a frame that runs nothing. `shown` is the digest
    of the text on screen: what is sent is that very text.
    """

    title: str
    back: Link
    state: str
    tone: str
    detail: str
    facts: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html_url: str | None
    pdf_url: str | None
    files: tuple[FileRow, ...]
    gestures: tuple[Gesture, ...]
    version: int
    shown: str
    dossier: Link | None = None
    missing: tuple[Link, ...] = ()
    cause: str = ""
    dossiers: tuple[Link, ...] = ()
    stopped: StoppedAddress | None = None
