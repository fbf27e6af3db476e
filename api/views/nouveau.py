"""A new contact: one short form, and a word when the structure is known already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.views.fields import FaultySummary, FieldGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureProche:
    """A structure that may be the one being typed. `why` says how it resembles it.

    « C'est elle » submits the form with `structure_id` set to `id`: nothing typed is lost.
    """

    id: str
    nom: str
    why: str
    commune: str = ""
    siret: str = ""
    rna: str = ""
    dossiers: int = 0
    latest: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureChoisie:
    """The known structure that the new dossier will be for. `change_url` types another one."""

    id: str
    nom: str
    commune: str = ""
    siret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NouveauPage:
    """The form. The structure's own fields come in the group whose key is « structure ».

    `check_url` answers the fragment `pages/nouveau/_proches.html` for the fields typed so far.
    `continue_anyway` sends `continuer=1`; offered only when `warnings` are shown after a submit.
    """

    url: str
    check_url: str
    cancel_url: str
    dossier: FieldGroup
    porteur: FieldGroup
    structure: FieldGroup
    suivi: FieldGroup
    idempotency_key: str
    warnings: tuple[StructureProche, ...] = ()
    chosen: StructureChoisie | None = None
    submitted: bool = False
    cap_notice: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(self.dossier, self.porteur, self.structure, self.suivi)
