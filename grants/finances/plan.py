"""A plan de financement: what a project costs, who pays for it, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflow.money import format_amount
from workflow.pipeline import Choice, Pipeline, Sheet

#: The two amounts that stand on the dossier itself.
COST, ASKED = "cout_total", "montant_demande"

COFUNDER, OWN_FUNDS = "cofinanceur", "fonds_propres"
NATURES = (
    Choice(key=COFUNDER, label="Cofinanceur"),
    Choice(key=OWN_FUNDS, label="Fonds propres"),
)
ASKED_FOR, OBTAINED, REFUSED = "demande", "obtenu", "refuse"
STATES = (
    Choice(key=ASKED_FOR, label="Demandé"),
    Choice(key=OBTAINED, label="Obtenu"),
    Choice(key=REFUSED, label="Refusé"),
)
_STATE_LABELS = {each.key: each.label for each in STATES}

Side = Literal["incomplet", "equilibre", "manque", "trop"]


@dataclass(frozen=True, slots=True)
class Line:
    """One who pays, besides the aid asked. Amounts are cents."""

    nature: str
    financeur: str
    montant: int
    etat: str
    structure_id: int | None = None

    @property
    def counts(self) -> bool:
        """Whether the amount may still be hoped for."""
        return self.etat != REFUSED

    @property
    def words(self) -> str:
        """« 5 000 €, obtenu »."""
        return f"{format_amount(self.montant)}, {_STATE_LABELS[self.etat].lower()}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a project costs, what is asked of us, and the other lines in their order."""

    cost: int | None
    asked: int | None
    lines: tuple[Line, ...] = ()

    @property
    def others(self) -> int:
        """What the other lines bring; a refused one brings nothing."""
        return sum(line.montant for line in self.lines if line.counts)

    @property
    def resources(self) -> int:
        """Everything that pays for the project."""
        return (self.asked or 0) + self.others

    @property
    def gap(self) -> int:
        """What is missing, to the cent; below zero, what is too much."""
        return (self.cost or 0) - self.resources

    @property
    def side(self) -> Side:
        """Where the plan stands."""
        if self.cost is None or self.asked is None:
            return "incomplet"
        if self.gap == 0:
            return "equilibre"
        return "manque" if self.gap > 0 else "trop"

    @property
    def words(self) -> str:
        """Where the plan stands, in one sentence."""
        if self.side == "incomplet":
            missing = "le coût total" if self.cost is None else "l’aide demandée"
            return f"Indiquez {missing} pour savoir si le plan est équilibré."
        if self.side == "equilibre":
            return "Le plan est équilibré, au centime près."
        gap = format_amount(abs(self.gap), decimals=True)
        if self.side == "manque":
            return f"Il manque {gap} pour payer le coût total."
        return f"Il y a {gap} de trop : les ressources dépassent le coût total."


def plan_sheet(pipeline: Pipeline) -> Sheet | None:
    """The fiche that holds both amounts: who may change it may change the plan. None without."""
    for sheet in pipeline.sheets:
        if {COST, ASKED} <= {field.key for field in sheet.fields}:
            return sheet
    return None
