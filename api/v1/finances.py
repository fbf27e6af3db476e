"""The plan de financement of a dossier: read, replaced whole, weighed before it is kept."""

from __future__ import annotations

from api.v1.contract import Call, Subject
from api.v1.shapes.pieces import Financement, Solde
from grants.dossiers.reading import read_subject
from grants.finances.form import sketch
from grants.finances.plan import Plan, plan_sheet
from grants.finances.queries import plan_of
from grants.finances.service import PlanEdit, edit_plan, require_plan_editable
from workflow.errors import NotFound

subject = Subject("Plan de financement")
_PLAN = "/dossiers/{dossier_id}/financement"
_EXAMPLE = {
    "cout_total": "30000,00",
    "montant_demande": "18500,00",
    "ligne_1_nature": "cofinanceur",
    "ligne_1_financeur": "Ville de Vence",
    "ligne_1_montant": "11500,00",
    "ligne_1_etat": "obtenu",
}


@subject.get(_PLAN, "Le plan de financement", Financement)
def plan(call: Call) -> Financement:
    """What the project costs, who pays, what is missing. Raises NotFound."""
    connection, engine = call.connection, call.house.engine
    found = read_subject(connection, engine, call.organisme_id, call.id("dossier_id"), lock=False)
    if plan_sheet(engine.machine(found).pipeline) is None:
        raise NotFound
    kept = plan_of(connection, found)
    return {
        "cout_total": kept.cost,
        "montant_demande": kept.asked,
        "lignes": [
            {
                "nature": line.nature,
                "financeur": line.financeur,
                "structure_id": line.structure_id,
                "montant": line.montant,
                "etat": line.etat,
            }
            for line in kept.lines
        ],
        "solde": _balance(kept),
        "version": found.lock_version,
    }


@subject.put(
    _PLAN,
    "Changer le plan de financement",
    Financement,
    asks=None,
    versioned=True,
    example=_EXAMPLE,
)
def change_plan(call: Call) -> Financement:
    """Keep a plan whole, balanced or not. Raises Invalid, PlanClosed, PlanReserved, Stale."""
    edit = PlanEdit(call.id("dossier_id"), call.body, call.version, call.key)
    edit_plan(call.session, call.house.engine, call.identity, edit, call.now)
    return plan(call)


@subject.post(
    f"{_PLAN}/solde",
    "Ce qui manquerait à ce plan",
    Solde,
    asks=None,
    keyed=False,
    example=_EXAMPLE,
)
def weigh(call: Call) -> Solde:
    """Weigh a plan as it is being written; nothing is kept. Raises NotFound, PlanClosed…"""
    engine, id = call.house.engine, call.id("dossier_id")
    found = read_subject(call.connection, engine, call.organisme_id, id, lock=False)
    require_plan_editable(engine.machine(found).pipeline, found, call.identity)
    return _balance(sketch(call.body))


def _balance(found: Plan) -> Solde:
    return {
        "ressources": found.resources,
        "ecart": found.gap,
        "equilibre": found.side,
        "phrase": found.words,
    }
