"""« Plan de financement » on the page of a dossier, as it is kept or as it is being typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from api.presentation.fields import Asking, Typed, question
from api.presentation.structure_list import LIST
from api.views.fields import FieldView
from api.views.plan import Balance, PlanForm, PlanFormLine, PlanLine, PlanSection
from api.views.stages import PhaseTone
from grants.finances.form import (
    MOST_LINES,
    WHOLE,
    amount_fields,
    form_of,
    line_fields,
    name_of,
    numbers_of,
    sketch,
)
from grants.finances.plan import (
    ASKED_FOR,
    COFUNDER,
    NATURES,
    OBTAINED,
    REFUSED,
    STATES,
    Line,
    Plan,
    plan_sheet,
)
from grants.finances.queries import known_funders, plan_of
from grants.finances.service import may_edit_plan
from grants.organisation.identity import Identity
from grants.organisation.roles import PIPELINE_ROLES
from workflow.pipeline import Field, Pipeline
from workflow.subject import Subject

ADD, REMOVE = "ajouter", "retirer"
_NATURES = {each.key: each.label for each in NATURES}
_STATES = {each.key: each.label for each in STATES}
_TONES: Mapping[str, PhaseTone] = {OBTAINED: "vert", REFUSED: "pierre"}
_PARTS = ("nature", "financeur", "montant", "etat")


@dataclass(frozen=True, slots=True)
class EditedPlan:
    """The plan shown as a form; `typed` when it came back, with what is wrong with it."""

    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


def plan_section(
    asking: Asking,
    pipeline: Pipeline,
    subject: Subject,
    identity: Identity,
    edited: EditedPlan | None = None,
) -> PlanSection | None:
    """The plan of a dossier; None where its pipeline asks for no money."""
    sheet = plan_sheet(pipeline)
    if sheet is None:
        return None
    plan, mine = plan_of(asking.connection, subject), may_edit_plan(pipeline, subject, identity)
    roles = pipeline.stage(subject.stage).editable.get(sheet.key, ())
    listed = " ou ".join(PIPELINE_ROLES.get(role, role).lower() for role in roles)
    return PlanSection(
        cost=plan.cost,
        asked=plan.asked,
        lines=tuple(_line(line) for line in plan.lines),
        resources=plan.resources,
        balance=balance_of(plan),
        edit_url=f"/dossiers/{subject.id}?plan=modifier" if mine else None,
        editable_by="" if mine else listed,
        form=_form(asking, pipeline, subject, plan, edited) if edited and mine else None,
    )


def balance_of(plan: Plan) -> Balance:
    """Where a plan stands, in words."""
    return Balance(words=plan.words, side=plan.side)


def with_a_line_more(form: Typed) -> dict[str, Any]:
    """The form as typed, with one empty line at its end."""
    number = max(numbers_of(form), default=0) + 1
    fresh = {"nature": COFUNDER, "financeur": "", "montant": "", "etat": ASKED_FOR}
    return {**form, **{name_of(number, part): value for part, value in fresh.items()}}


def without_a_line(form: Typed, number: int) -> dict[str, Any]:
    """The form as typed, without one of its lines."""
    gone = {name_of(number, part) for part in _PARTS}
    return {name: value for name, value in form.items() if name not in gone}


def _line(line: Line) -> PlanLine:
    return PlanLine(
        financeur=line.financeur,
        nature=_NATURES[line.nature],
        montant=line.montant,
        etat=_STATES[line.etat],
        tone=_TONES.get(line.etat, "bleu"),
        counts=line.counts,
        url=f"{LIST}/{line.structure_id}" if line.structure_id else None,
    )


def _form(
    asking: Asking, pipeline: Pipeline, subject: Subject, plan: Plan, edited: EditedPlan
) -> PlanForm:
    address = f"/dossiers/{subject.id}"
    typed: Mapping[str, Any] = edited.typed if edited.typed is not None else _proposed(plan)
    here = Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope="plan",
        typed=typed,
        faults={key: fault for key, fault in edited.faults.items() if key != WHOLE},
    )
    cost, asked = amount_fields(pipeline)
    numbers = numbers_of(typed)
    return PlanForm(
        url=f"{address}/financement",
        balance_url=f"{address}/financement/solde",
        cancel_url=address,
        cost=question(here, cost, None),
        asked=question(here, asked, None),
        lines=tuple(_form_line(here, number) for number in numbers[:MOST_LINES]),
        funders=tuple(known_funders(asking.connection, asking.organisme_id)),
        balance=balance_of(sketch(typed)),
        lock_version=subject.lock_version,
        idempotency_key=uuid4().hex,
        may_add=len(numbers) < MOST_LINES,
        fault=edited.faults.get(WHOLE, ""),
    )


def _proposed(plan: Plan) -> dict[str, Any]:
    """The plan as it is kept, with an empty line where there is none yet."""
    return form_of(plan) if plan.lines else with_a_line_more(form_of(plan))


def _form_line(asking: Asking, number: int) -> PlanFormLine:
    nature, financeur, montant, etat = (
        _asked(asking, each) for each in line_fields(number, own_funds=True)
    )
    return PlanFormLine(
        number=number, nature=nature, financeur=financeur, montant=montant, etat=etat
    )


def _asked(asking: Asking, spec: Field) -> FieldView:
    return question(asking, spec, None)
