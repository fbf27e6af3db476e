"""The plan de financement of a dossier: who pays, what is missing, and the same as a form."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.fields import FaultySummary, FieldView
from api.views.stages import PhaseTone
from grants.finances.plan import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where a plan stands, in words."""

    words: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One who pays. `counts` is false where nothing is hoped for any more."""

    financeur: str
    nature: str
    montant: int
    etat: str
    tone: PhaseTone
    counts: bool
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFormLine:
    """One line of the form: its questions, and the button that takes it off."""

    number: int
    nature: FieldView
    financeur: FieldView
    montant: FieldView
    etat: FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """The plan being changed. `funders` are proposed while a name is typed."""

    url: str
    balance_url: str
    cancel_url: str
    cost: FieldView
    asked: FieldView
    lines: tuple[PlanFormLine, ...]
    funders: tuple[str, ...]
    balance: Balance
    lock_version: int
    idempotency_key: str
    may_add: bool
    fault: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        asked = [self.cost, self.asked]
        for line in self.lines:
            asked += [line.nature, line.financeur, line.montant, line.etat]
        found = [(each.id, f"{each.label} : {each.error}") for each in asked if each.error]
        whole = [("plan-lignes", self.fault)] if self.fault else []
        return FaultySummary(faults=(*whole, *found))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSection:
    """The plan on the page of a dossier; `form` where it is being changed."""

    cost: int | None
    asked: int | None
    lines: tuple[PlanLine, ...]
    resources: int
    balance: Balance
    edit_url: str | None = None
    editable_by: str = ""
    form: PlanForm | None = None
