"""What the finances bring to pipeline files: the lines of a plan, the rule that it is balanced."""

from __future__ import annotations

from sqlalchemy import Connection

from grants.finances.plan import ASKED, COST, Line, Plan, plan_sheet
from workflow.guards import Attempt, Refusal
from workflow.money import format_amount
from workflow.subject import Subject
from workflow.vocabulary import Register

FINANCES = Register()
#: Where a plan is mended, as refusals say it.
WHERE = "plan_de_financement"


@FINANCES.fact("financements")
def funding(connection: Connection, subject: Subject) -> tuple[Line, ...]:
    """The lines of the dossier's plan de financement."""
    from grants.finances.queries import lines_of  # rules are known before anything is read

    return lines_of(connection, subject.tenant_id, subject.id)


@FINANCES.guard(
    "financement_equilibre",
    says="le plan de financement est équilibré, au centime près",
    facts=("financements",),
)
def balanced(attempt: Attempt) -> tuple[Refusal, ...]:
    """Total cost = aid asked + what the lines that were not refused bring."""
    plan = Plan(attempt.kept(COST), attempt.kept(ASKED), attempt.fact("financements"))
    return (*_amounts_owed(attempt, plan), *_gap(plan))


def _amounts_owed(attempt: Attempt, plan: Plan) -> tuple[Refusal, ...]:
    """Amounts not given yet; `fiche_complete` says so once where the move asks for it."""
    sheet = plan_sheet(attempt.pipeline)
    guards = attempt.action.guards if attempt.action else ()
    if sheet and any(
        each.name == "fiche_complete" and each.argument == sheet.key for each in guards
    ):
        return ()
    owed = ((plan.cost, "le coût total"), (plan.asked, "l’aide demandée"))
    return tuple(
        Refusal("plan_incomplet", f"Plan de financement : indiquez {what}.", WHERE)
        for amount, what in owed
        if amount is None
    )


def _gap(plan: Plan) -> tuple[Refusal, ...]:
    if plan.side not in ("manque", "trop") or plan.cost is None:
        return ()
    gap, cost = format_amount(abs(plan.gap), decimals=True), format_amount(plan.cost)
    brought = format_amount(plan.resources)
    what = f"il manque {gap}" if plan.side == "manque" else f"il y a {gap} de trop"
    sentence = f"Plan de financement : {what} (coût {cost}, ressources {brought})."
    return (Refusal("plan_desequilibre", sentence, WHERE),)
