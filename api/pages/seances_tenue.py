"""A séance held: moved on, its agenda ordered, its notes written, its roll called."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, key_of, one, only, several, version_of
from api.house import House, house_of
from api.pages.asking import answers_of, ask
from api.presentation.seance_agenda import NOTE, agenda_page, note_form
from api.presentation.seance_head import LIST, Came, Sitting, open_sitting
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.comites.agenda import order_agenda, write_note
from grants.comites.errors import SeanceRefused
from grants.comites.moves import SeanceDemand, advance_seance
from grants.comites.papiers.attente import print_at_once
from grants.comites.seances import PIPELINE
from grants.dossiers.answers import REASON
from workflow.errors import DomainError, Invalid, Refused, Stale

router = APIRouter()
PRESENT = "seances"
PATH = f"{LIST}/{{seance_id}}"
UP, DOWN = "monter", "descendre"
Draw = Callable[[Sitting], object]
#: What a form of a séance may be refused with, and is shown again for.
REFUSALS = (Invalid, Refused, Stale, SeanceRefused)
_MOST_DIGITS = 18


@router.get(PATH)
def seance(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """A séance: what may be done with it, and its agenda."""
    whole = request.query_params.get("historique") == "tout"
    return show(request, visit, seance_id, "seance", lambda each: agenda_page(each, whole=whole))


@router.post(f"{PATH}/gestes/{{geste}}")
def act(request: Request, visit: Writer, form: Posted, seance_id: RowId, geste: str) -> Response:
    """Move the séance: convene its members, open it, close it…"""
    house, answers = house_of(request), answers_of(form)
    reason = one(form, REASON) or None
    answers.pop(REASON, None)
    demand = SeanceDemand(seance_id, geste, answers, reason, version_of(form), key_of(form))
    try:
        with house.database.unit_of_work() as session:
            advance_seance(session, house.engine, visit.identity, demand, visit.now)
    except REFUSALS as error:
        came = came_back(error, geste, form)
        return show(request, visit, seance_id, "seance", agenda_page, came)
    print_at_once(house.database, visit.identity.organisme_id, seance_id, visit.now)
    return redirect(request, f"{LIST}/{seance_id}", Flash(text=_done(house, geste)))


@router.post(f"{PATH}/ordre")
def order(request: Request, visit: Writer, form: Posted, seance_id: RowId) -> Response:
    """Move one dossier up or down the agenda."""
    only(form, "ordre", UP, DOWN)
    ids, moved = _ordered(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            order_agenda(session, visit.identity, seance_id, ids, visit.now)
    except REFUSALS as error:
        came = came_back(error, "ordre", form)
        return show(request, visit, seance_id, "seance", agenda_page, came)
    place = f"#dossier-{moved}" if moved else "#ordre"
    return redirect(request, f"{LIST}/{seance_id}{place}")


@router.get(f"{PATH}/dossiers/{{dossier_id}}/note")
def edit_note(request: Request, visit: Writer, seance_id: RowId, dossier_id: RowId) -> Response:
    """What the members will read of a dossier, as a form."""
    return _note(request, visit, seance_id, dossier_id)


@router.post(f"{PATH}/dossiers/{{dossier_id}}/note")
def keep_note(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, dossier_id: RowId
) -> Response:
    """Keep the note on a dossier."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            changed = write_note(session, visit.identity, seance_id, dossier_id, answers, visit.now)
    except (Invalid, SeanceRefused) as error:
        return _note(request, visit, seance_id, dossier_id, came_back(error, NOTE, form))
    said = Flash(text="La note est enregistrée.") if changed else Flash(text="Rien n’a changé.")
    return redirect(request, f"{LIST}/{seance_id}#dossier-{dossier_id}", said)


def came_back(error: DomainError, form: str, typed: Form) -> Came:
    """What a refused form is shown again with: its answers, and every reason."""
    if isinstance(error, Invalid):
        return Came(form, typed, error.faults)
    if isinstance(error, Refused):
        return Came(form, typed, reasons=tuple(each.message for each in error.refusals))
    return Came(form, typed, notice=str(error))


def show(
    request: Request,
    visit: Visit,
    seance_id: int,
    template: str,
    draw: Draw,
    came: Came | None = None,
    *,
    status: int = 200,
) -> Response:
    """One page of a séance, with the form that came back where there is one."""
    house = house_of(request)
    with house.database.reading() as session:
        sitting = open_sitting(ask(house, session, visit), visit, seance_id, came)
        view = draw(sitting)
    status = status if came is None else 422 if came.faults else 409
    return page(
        request, visit, f"pages/seances/{template}.html", view, present=PRESENT, status=status
    )


def _note(
    request: Request, visit: Visit, seance_id: int, dossier_id: int, came: Came | None = None
) -> Response:
    return show(
        request, visit, seance_id, "formulaire", lambda each: note_form(each, dossier_id), came
    )


def _ordered(form: Form) -> tuple[list[int], int | None]:
    """The order that the form asks for, and the dossier that it moves."""
    ids = [_number(each) for each in several(form, "ordre")]
    for name, step in ((UP, -1), (DOWN, 1)):
        moved = _number(one(form, name))
        if moved in ids:
            at = ids.index(moved)
            to = min(max(at + step, 0), len(ids) - 1)
            ids.insert(to, ids.pop(at))
            return ids, moved
    return ids, None


def _number(text: str) -> int:
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if plain else 0


def _done(house: House, action: str) -> str:
    loaded = house.engine.catalogue.latest(PIPELINE)
    found = loaded.pipeline.action(action) if loaded else None
    return f"{found.done or found.label}." if found else "C’est fait."
