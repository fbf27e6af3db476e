"""The plan de financement of a dossier: written as a whole, its balance told while it is typed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import PAPERS, Form, Posted, RowId, key_of, one, version_of
from api.house import house_of
from api.presentation.dossier import dossier_page
from api.presentation.dossier_forms import Looking, conflict_of
from api.presentation.plan import (
    ADD,
    REMOVE,
    EditedPlan,
    balance_of,
    with_a_line_more,
    without_a_line,
)
from api.views.chrome import Flash
from api.visit import Visit, Writer
from grants.dossiers.reading import read_subject
from grants.finances.form import sketch
from grants.finances.plan import Plan
from grants.finances.service import (
    PlanClosed,
    PlanEdit,
    PlanReserved,
    edit_plan,
    require_plan_editable,
)
from workflow.errors import Invalid, Stale

router = APIRouter()
_BUTTONS = (ADD, REMOVE)
_MOST_DIGITS = 3


@router.post("/dossiers/{dossier_id}/financement")
def change_plan(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Keep the plan; its other buttons only give one line more, or one line less."""
    house, answers = house_of(request), _answers(form)
    redrawn = _redrawn(form, answers)
    if redrawn is not None:
        _require_editable(request, visit, dossier_id)
        return _show(request, visit, dossier_id, Looking(plan=EditedPlan(redrawn)), 200)
    edit = PlanEdit(dossier_id, answers, version_of(form), key_of(form))
    try:
        with house.database.unit_of_work() as session:
            plan = edit_plan(session, house.engine, visit.identity, edit, visit.now)
    except Invalid as error:
        looking = Looking(plan=EditedPlan(answers, error.faults))
        return _show(request, visit, dossier_id, looking, 422)
    except Stale as error:
        looking = Looking(plan=EditedPlan(answers), conflict=conflict_of(error, dossier_id))
        return _show(request, visit, dossier_id, looking, 409)
    except (PlanClosed, PlanReserved) as error:
        looking = Looking(plan=EditedPlan(answers), notice=str(error))
        return _show(request, visit, dossier_id, looking, 409)
    return redirect(request, f"/dossiers/{dossier_id}#plan", _kept(plan))


@router.post("/dossiers/{dossier_id}/financement/solde")
def balance(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """What is missing from the plan as it is being typed; nothing is kept."""
    _require_editable(request, visit, dossier_id)
    view = balance_of(sketch(_answers(form)))
    return page(request, visit, "pages/dossier/_solde.html", view)


def _answers(form: Form) -> dict[str, str | list[str]]:
    return {key: value for key, value in form.items() if key not in PAPERS and key not in _BUTTONS}


def _redrawn(form: Form, answers: Form) -> Form | None:
    """The form after the press of « Ajouter une ligne » or « Retirer »; None for the others."""
    if one(form, ADD):
        return with_a_line_more(answers)
    number = one(form, REMOVE)
    if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS:
        return without_a_line(answers, int(number))
    return None


def _require_editable(request: Request, visit: Visit, dossier_id: int) -> None:
    house = house_of(request)
    with house.database.reading() as session:
        organisme = visit.identity.organisme_id
        subject = read_subject(
            session.connection(), house.engine, organisme, dossier_id, lock=False
        )
        require_plan_editable(house.engine.machine(subject).pipeline, subject, visit.identity)


def _show(
    request: Request, visit: Visit, dossier_id: int, looking: Looking, status: int
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = dossier_page(
            session.connection(), house.engine, visit.identity, dossier_id, visit.now, looking
        )
    return page(request, visit, "pages/dossier/dossier.html", view, status=status)


def _kept(plan: Plan) -> Flash:
    tone = "succes" if plan.side == "equilibre" else "attention"
    return Flash(text=f"Le plan de financement est enregistré. {plan.words}", tone=tone)
