"""What every page of a séance shows: its head, its agenda, a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.listing import Tab
from api.views.sheets import Entry
from api.views.stages import PhaseTone, StageBadge
from grants.comites.mots import Mots


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A state in words, with its colour."""

    label: str
    tone: PhaseTone


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingHead:
    """The top of every page of a séance. `notice` and `reasons` say why nothing was done.

    `mots`: what the comité's word is called, a decision or an avis. `late`: what is to be known
    where the séance is written down after its day.
    """

    title: str
    stage: StageBadge
    at: datetime
    facts: tuple[Entry, ...]
    tabs: tuple[Tab, ...]
    back: Link
    url: str
    mots: Mots
    edit_url: str | None = None
    room_url: str | None = None
    lien_visio: str | None = None
    notice: str = ""
    late: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """What the votes on a dossier say. `hidden`: only how many came may be said.

    `tone` and `issue` are what the rule leads to; `quorum` reads « 8 sur 12 ».
    """

    received: int
    expected: int
    hidden: bool = False
    quorum: str = ""
    quorum_met: bool = False
    lines: tuple[tuple[str, int], ...] = ()
    issue: str = ""
    tone: PhaseTone = "pierre"
    montant: int | None = None
    casting: bool = False

    @property
    def total(self) -> int:
        """How many votes are counted."""
        return sum(number for _, number in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """One dossier of the agenda, in its order."""

    id: int
    rank: int
    url: str
    dossier_url: str
    note_url: str | None
    reference: str
    titre: str
    structure: str
    at: datetime
    minutes: int
    state: Mark
    montant_demande: int | None = None
    noted: bool = False
    aside: tuple[str, ...] = ()
    count: CountView | None = None
    open_url: str | None = None
    decided: str = ""
