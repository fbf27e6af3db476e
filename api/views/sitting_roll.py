"""The roll call of a séance."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.fields import FaultySummary, FieldGroup, FieldView
from api.views.forms import FormView
from api.views.sitting import Mark, SittingHead


@dataclass(frozen=True, slots=True, kw_only=True)
class RollLine:
    """One member and his presence; the questions are there while they may be answered."""

    nom: str
    about: str
    presence: Mark
    hours: str = ""
    voice: str = ""
    etat: FieldView | None = None
    pouvoir: FieldView | None = None
    distance: FieldView | None = None
    move_url: str | None = None
    link_url: str | None = None
    there: bool = False
    presides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RollPage:
    """The roll call. `chair` is the question of who presides; `quorum` what it amounts to."""

    head: SittingHead
    lines: tuple[RollLine, ...]
    counts: tuple[tuple[str, int], ...]
    quorum: Mark
    url: str | None = None
    chair: FormView | None = None
    members: Link | None = None
    hour: FieldView | None = None
    faulty_move: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        asked = (
            field
            for line in self.lines
            for field in (line.etat, line.pouvoir, line.distance)
            if field is not None
        )
        return FaultySummary.of(FieldGroup(fields=tuple(asked)))
