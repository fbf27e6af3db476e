"""A mission: its days, its invoices and their payment, how it went, its order form."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, only
from api.house import house_of
from api.pages.asking import answers_of
from api.papers import given
from api.presentation.missions import ONE, Came, mission_page
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.dla.missions.commande import order_paper
from grants.dla.missions.service import (
    judge,
    keep_invoice,
    note_day,
    pay_invoice,
    remove_day,
    remove_invoice,
)
from notifications.papers import print_paper
from workflow.errors import Invalid
from workflow.field_contract import Raw

router = APIRouter()
_ONE = f"{ONE}/{{mission_id}}"
_TEMPLATE = "pages/mission/mission.html"
Work = Callable[[Session, dict[str, Raw]], object]


@router.get(_ONE)
def shown(request: Request, visit: SignedIn, mission_id: RowId) -> Response:
    """The mission as it stands. Raises NotFound."""
    return _page(request, visit, mission_id)


@router.get(f"{_ONE}/bon-de-commande.pdf")
def order(request: Request, visit: SignedIn, mission_id: RowId) -> Response:
    """The order form, to sign and send. Raises NotFound."""
    house = house_of(request)
    with house.database.reading() as session:
        about = (session.connection(), house.engine, visit.identity.organisme_id, mission_id)
        paper = order_paper(*about, visit.now)
    return given(print_paper(paper), f"bon-de-commande-{mission_id}.pdf", inline=True)


@router.post(f"{_ONE}/journees")
def add_day(request: Request, visit: Writer, form: Posted, mission_id: RowId) -> Response:
    """Note days given. Raises NotFound, MissionOver."""

    def work(session: Session, answers: dict[str, Raw]) -> object:
        return note_day(session, visit.identity, mission_id, answers, visit.now)

    return _kept(request, visit, form, mission_id, work, "Les jours sont notés.")


@router.post(f"{_ONE}/journees/{{journee_id}}/retirer")
def drop_day(
    request: Request, visit: Writer, form: Posted, mission_id: RowId, journee_id: RowId
) -> Response:
    """Take days back. Raises NotFound, MissionOver."""
    only(form)

    def work(session: Session, _answers: dict[str, Raw]) -> object:
        return remove_day(session, visit.identity, mission_id, journee_id, visit.now)

    return _kept(request, visit, form, mission_id, work, "Ces jours sont retirés.")


@router.post(f"{_ONE}/factures")
def add_invoice(request: Request, visit: Writer, form: Posted, mission_id: RowId) -> Response:
    """Keep an invoice. Raises NotFound, MissionOver."""

    def work(session: Session, answers: dict[str, Raw]) -> object:
        return keep_invoice(session, visit.identity, mission_id, answers, visit.now)

    return _kept(request, visit, form, mission_id, work, "La facture est enregistrée.")


@router.post(f"{_ONE}/factures/{{facture_id}}/payer")
def pay(
    request: Request, visit: Writer, form: Posted, mission_id: RowId, facture_id: RowId
) -> Response:
    """The day an invoice was paid. Raises NotFound, MissionOver."""

    def work(session: Session, answers: dict[str, Raw]) -> object:
        about = (session, visit.identity, mission_id, facture_id, answers)
        return pay_invoice(*about, visit.now)

    return _kept(request, visit, form, mission_id, work, "Le paiement est noté.")


@router.post(f"{_ONE}/factures/{{facture_id}}/retirer")
def drop_invoice(
    request: Request, visit: Writer, form: Posted, mission_id: RowId, facture_id: RowId
) -> Response:
    """Take back an invoice that is not paid. Raises NotFound, MissionOver, Invalid."""
    only(form)

    def work(session: Session, _answers: dict[str, Raw]) -> object:
        return remove_invoice(session, visit.identity, mission_id, facture_id, visit.now)

    return _kept(request, visit, form, mission_id, work, "La facture est retirée.")


@router.post(f"{_ONE}/evaluation")
def evaluate(request: Request, visit: Writer, form: Posted, mission_id: RowId) -> Response:
    """Say how it went. Raises NotFound, MissionOver."""

    def work(session: Session, answers: dict[str, Raw]) -> object:
        return judge(session, visit.identity, mission_id, answers, visit.now)

    return _kept(request, visit, form, mission_id, work, "C’est enregistré.")


def _kept(request: Request, visit: Visit, form: Form, id: int, work: Work, said: str) -> Response:
    answers = answers_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            work(session, answers)
    except Invalid as refused:
        return _page(request, visit, id, {request.url.path: (answers, refused.faults)})
    return redirect(request, f"{ONE}/{id}", Flash(text=said))


def _page(request: Request, visit: Visit, id: int, came: Came | None = None) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = mission_page(session.connection(), house.engine, visit, id, came)
    status = 422 if came else 200
    return page(request, visit, _TEMPLATE, view, present="tableau", status=status)
