"""The page of a member of a comité: what he reads, whether he comes, what he votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.hearings import EntryView, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceView:
    """Whether the member comes: what is noted, and what he may say himself."""

    url: str
    said: str
    tone: Tone
    answers: tuple[Choice, ...]
    proxies: FieldView | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaSeancePage:
    """The séance, its agenda and the votes of one member. `seen` tells one sight from another."""

    organisme: str
    title: str
    at: datetime
    lieu: str
    visio: str | None
    stage: str
    nom: str
    capacity: str
    rules: tuple[str, ...]
    presence: PresenceView
    entries: tuple[EntryView, ...]
    voted: int
    to_vote: int
    waiting: int
    url: str
    look_url: str
    seen: str
    leave_url: str
    chair: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LecturePage:
    """The two pages on a dossier, read one after the other: `number` out of `last`."""

    organisme: str
    title: str
    back: Link
    entry: EntryView
    number: int
    last: int
    total: int
    previous: Link | None
    following: Link | None
    told: Mapping[str, Any] | None
