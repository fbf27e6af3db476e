"""The votes of a séance: voice by voice, and on the room's screen."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.fields import FaultySummary, FieldGroup, FieldView
from api.views.sitting import AgendaLine, CountView, SittingHead


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceLine:
    """One voice on a dossier: who has it, who uses it, what it said where that may be read.

    `undo_url`: where a vote noted aloud is taken back. `fault`: why what was typed for it was not
    kept, where it asks nothing any more.
    """

    nom: str
    about: str
    said: str = ""
    montant: int | None = None
    reserves: str = ""
    choix: FieldView | None = None
    amount: FieldView | None = None
    terms: FieldView | None = None
    seen: int = 0
    seen_name: str = ""
    undo_url: str | None = None
    fault: str = ""

    @property
    def undo_id(self) -> str:
        """The form that takes the vote back: it stands outside of that of the votes."""
        return f"retrait-{self.seen_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VotesForm:
    """The votes given aloud, for the whole room."""

    url: str
    everybody: FieldView
    lines: tuple[VoiceLine, ...]

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        asked = [self.everybody]
        for line in self.lines:
            asked += [each for each in (line.choix, line.amount, line.terms) if each is not None]
        return FaultySummary.of(FieldGroup(fields=tuple(asked)))


@dataclass(frozen=True, slots=True, kw_only=True)
class VotesPage:
    """How far the vote on each dossier is."""

    head: SittingHead
    lines: tuple[AgendaLine, ...]
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    """What the room's screen shows: the dossier being voted on, who still has to vote."""

    head: SittingHead
    line: AgendaLine | None
    count: CountView | None
    awaited: tuple[str, ...]
    aside: tuple[str, ...]
    next: AgendaLine | None
    done: int
    whole: int
    url: str
    presides: str = ""
