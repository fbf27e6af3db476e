"""A form that keeps what is typed, and the draft found again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """`keep_url` takes what is typed; with `at`, the form shows a draft kept at that moment.

    `outdated` when the dossier changed after the draft was begun.
    """

    keep_url: str
    at: datetime | None = None
    erase_url: str = ""
    outdated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """Who else has the dossier in hand, and who changed it a moment ago."""

    presence_url: str
    presents: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None
