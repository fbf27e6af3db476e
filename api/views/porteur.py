"""Who carries a dossier: the form that corrects the porteur and names the structure."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.adresses import StoppedAddress
from api.views.chrome import Link
from api.views.dossier import Conflict
from api.views.fields import FaultySummary, FieldGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class PorteurPage:
    """The form. `new_structure_url` records a structure that is not in the list.

    `personne_version`: the porteur's own, who is known to other dossiers too. `stopped`: his
    address is written to no more; `stop_url` is where that is noted.
    """

    reference: str
    titre: str
    url: str
    back: Link
    porteur: FieldGroup
    structure: FieldGroup
    lock_version: int
    personne_version: int | None = None
    new_structure_url: str
    conflict: Conflict | None = None
    stopped: StoppedAddress | None = None
    stop_url: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(self.porteur, self.structure)
