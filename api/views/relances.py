"""What will be sent on a dossier, before it is; what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.courriers import LetterRow
from api.views.fields import FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderView:
    """One reminder to come, or not any more. Each `…_url` is there where it may be done."""

    id: str
    label: str
    state: str
    tone: str
    when: datetime | None
    way: str
    to: str
    why: str
    against: tuple[str, ...]
    along: tuple[str, ...]
    version: int
    move: FieldView | None = None
    move_url: str = ""
    hold_url: str = ""
    resume_url: str = ""
    cancel_url: str = ""
    send_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersPage:
    """The reminders of the present stage, and the letters of the dossier or of the séance."""

    back: Link
    of_what: str
    stage: str
    coming: tuple[ReminderView, ...]
    over: tuple[ReminderView, ...]
    letters: tuple[LetterRow, ...]
    all_letters_url: str
    key: str
    conflict: str = ""
