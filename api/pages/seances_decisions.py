"""The decisions of a séance taken and applied, their réserves lifted, its minutes written."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import redirect
from api.decisions_at_work import apply_one, apply_waiting
from api.forms import Posted, RowId, key_of, pressed, version_of
from api.house import house_of
from api.pages.asking import answers_of
from api.pages.seances_tenue import PATH, REFUSALS, came_back, show
from api.pages.seances_votes import HEARD, attempt, words_of
from api.presentation.seance_decisions import Told, decisions_page
from api.presentation.seance_dossier import DECIDE
from api.presentation.seance_head import LIST, Sitting
from api.presentation.seance_pv import REMARKS, minutes_page
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.comites.minutes import keep_remarks
from grants.comites.reserves import lift_one
from grants.comites.verdicts import decide_as_written

router = APIRouter()


@router.get(f"{PATH}/decisions")
def decisions(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """Every decision, proposed or taken."""
    return show(request, visit, seance_id, "decisions", decisions_page)


@router.post(f"{HEARD}/decision")
def decide_one(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, dossier_id: RowId
) -> Response:
    """Keep the decision on a dossier: the votes', or another with its reason."""
    engine = house_of(request).engine

    def work(session: Session) -> str:
        asked = (session, engine, visit.identity, (seance_id, dossier_id))
        decide_as_written(*asked, answers_of(form), visit.now, key_of(form))
        return words_of(session, visit, seance_id).confirme

    return attempt(request, visit, (seance_id, dossier_id), DECIDE, form, work)


@router.post(f"{PATH}/appliquer", dependencies=[Depends(pressed)])
def apply_all(request: Request, visit: Writer, seance_id: RowId) -> Response:
    """Apply every decision that waits: one move each, each with its own outcome."""
    told = apply_waiting(house_of(request), visit.identity, visit.now, seance_id)
    return _applied(request, visit, seance_id, told)


@router.post(f"{HEARD}/appliquer", dependencies=[Depends(pressed)])
def apply_that_one(
    request: Request, visit: Writer, seance_id: RowId, dossier_id: RowId
) -> Response:
    """Apply the decision on one dossier."""
    told = apply_one(house_of(request), visit.identity, visit.now, seance_id, dossier_id)
    return _applied(request, visit, seance_id, {dossier_id: told}, 200 if told[0] else 409)


@router.post(f"{HEARD}/reserves/{{reserve_id}}/lever")
def lift(
    request: Request,
    visit: Writer,
    form: Posted,
    seance_id: RowId,
    dossier_id: RowId,
    reserve_id: RowId,
) -> Response:
    """Say that a condition of the comité is met, and how."""
    engine = house_of(request).engine

    def work(session: Session) -> str:
        asked = (session, engine, visit.identity, (seance_id, dossier_id, reserve_id))
        lifted = lift_one(*asked, answers_of(form), visit.now)
        return "La réserve est levée." if lifted else "La réserve était déjà levée."

    return attempt(request, visit, (seance_id, dossier_id), f"reserve-{reserve_id}", form, work)


@router.get(f"{PATH}/pv")
def minutes(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """The minutes of a séance."""
    return show(request, visit, seance_id, "pv", minutes_page)


@router.post(f"{PATH}/pv/remarques")
def remark(request: Request, visit: Writer, form: Posted, seance_id: RowId) -> Response:
    """Keep the remarks of the minutes."""
    version = version_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            asked = (session, visit.identity, seance_id, answers_of(form))
            changed = keep_remarks(*asked, visit.now, version)
    except REFUSALS as error:
        came = came_back(error, REMARKS, form)
        return show(request, visit, seance_id, "pv", minutes_page, came)
    said = "Les remarques sont enregistrées." if changed else "Rien n’a changé."
    return redirect(request, f"{LIST}/{seance_id}/pv", Flash(text=said))


def _applied(
    request: Request, visit: Visit, seance_id: int, told: Told, status: int = 200
) -> Response:
    """The decisions again, with what became of each: told once, never done again by a reload."""

    def draw(sitting: Sitting) -> object:
        return decisions_page(sitting, told)

    return show(request, visit, seance_id, "decisions", draw, status=status)
