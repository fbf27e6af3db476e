"""Lots: dossiers chosen on the list, one operation for them all, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import (
    PAPERS,
    Form,
    FormUnreadable,
    Posted,
    RowId,
    key_of,
    new_key,
    one,
    only,
    pressed,
    several,
)
from api.house import House, house_of
from api.lots_at_work import SLICE, work
from api.pages.liste import clean_query, pairs_of
from api.pages.tableau import narrowing_of
from api.presentation.lot import LookingAtLot, lot_page, outcome_of_lot
from api.undo import undoable, undoing
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from api.wording import counted
from grants.dossiers.answers import REASON
from grants.dossiers.etiquettes.queries import read_tag
from grants.dossiers.etiquettes.service import find_or_create_tag
from grants.dossiers.lots.carrying_out import close, note_refusal, take_back, waiting_of
from grants.dossiers.lots.preparation import (
    Chosen,
    ask_to_assign,
    ask_to_carry_out,
    ask_to_move,
    ask_to_tag,
    ask_to_undo,
    ask_to_untag,
    open_lot,
    refused_of,
)
from grants.dossiers.lots.queries import OpenLot, counts_by_state, read_lot
from grants.dossiers.rehearsal import sentences_of
from grants.organisation.queries import customs_of
from workflow.database import LARGEST_ID
from workflow.errors import Invalid

router = APIRouter()
EVERYTHING = "filtre"
_MOST_DIGITS = 19
_PATH = "/lots/{lot_id}"


@router.post("/lots")
def gather(request: Request, visit: Writer, form: Posted) -> Response:
    """Choose the dossiers: those ticked here and on other pages, or all that is filtered."""
    only(form, "dossier", "choisis", "portee", "requete")
    house, query = house_of(request), clean_query(one(form, "requete"))
    filters = None
    if one(form, "portee") == EVERYTHING:
        with house.database.reading() as session:
            customs = customs_of(session.connection(), visit.identity.organisme_id)
            asked = narrowing_of(house, visit, pairs_of(query), customs)
        if asked.faults:
            raise Invalid(asked.faults)
        filters = asked.filters
    ids = () if filters else _ids([*several(form, "dossier"), *one(form, "choisis").split(",")])
    chosen = Chosen(ids, filters, query)
    with house.database.unit_of_work() as session:
        lot_id = open_lot(session, visit.identity, chosen, visit.now, key_of(form) or new_key())
    return redirect(request, f"/lots/{lot_id}")


@router.get(_PATH)
def lot(request: Request, visit: SignedIn, lot_id: RowId) -> Response:
    """A lot: what may be done with it, how far it is, what became of each dossier."""
    asked = request.query_params
    pipeline, _, action = asked.get("action", "").partition(".")
    looking = LookingAtLot(
        action=(pipeline, action) if action else None,
        outcome=asked.get("devenus", ""),
        after=_id(asked.get("apres", "")) or 0,
    )
    return _show(request, visit, lot_id, looking)


@router.post(f"{_PATH}/confier")
def assign(request: Request, visit: Writer, form: Posted, lot_id: RowId) -> Response:
    """Give every dossier to a colleague, or to nobody (« 0 »)."""
    only(form, "referent")
    typed = one(form, "referent")

    def ask(session: Session) -> OpenLot:
        chosen = 0 if typed == "0" else _id(typed)
        if chosen is None:
            raise Invalid({"referent": "Choisissez un collègue dans la liste."})
        return ask_to_assign(session, visit.identity, lot_id, chosen or None)

    return _ask(request, visit, lot_id, form, ask)


@router.post(f"{_PATH}/etiqueter")
def tag(request: Request, visit: Writer, form: Posted, lot_id: RowId) -> Response:
    """Put an étiquette on every dossier; a new one is made by naming it."""
    only(form, "etiquette")

    def ask(session: Session) -> OpenLot:
        read_lot(session.connection(), visit.identity, lot_id)
        found = find_or_create_tag(session, visit.identity, one(form, "etiquette"))
        return ask_to_tag(session, visit.identity, lot_id, found)

    return _ask(request, visit, lot_id, form, ask)


@router.post(f"{_PATH}/retirer")
def untag(request: Request, visit: Writer, form: Posted, lot_id: RowId) -> Response:
    """Take an étiquette off every dossier."""
    only(form, "retiree")

    def ask(session: Session) -> OpenLot:
        connection, identity = session.connection(), visit.identity
        read_lot(connection, identity, lot_id)
        found = read_tag(connection, identity.organisme_id, _id(one(form, "retiree")) or 0)
        if found is None:
            raise Invalid({"retiree": "Choisissez une étiquette dans la liste."})
        return ask_to_untag(session, identity, lot_id, found)

    return _ask(request, visit, lot_id, form, ask)


@router.post(f"{_PATH}/actions/{{key}}/{{action}}")
def prepare(
    request: Request, visit: Writer, form: Posted, lot_id: RowId, key: str, action: str
) -> Response:
    """Ask an action of every dossier: each is rehearsed, nothing moves yet."""
    answers = {name: value for name, value in form.items() if name not in PAPERS}
    answers.pop(REASON, None)
    reason = one(form, REASON) or None
    house, names = house_of(request), (key, action)

    def ask(session: Session) -> OpenLot:
        return ask_to_move(session, house.engine, visit.identity, lot_id, names, answers, reason)

    return _ask(request, visit, lot_id, form, ask, names)


@router.post(f"{_PATH}/executer", dependencies=[Depends(pressed)])
def execute(request: Request, visit: Writer, lot_id: RowId) -> Response:
    """Do what was rehearsed, dossier by dossier."""
    with house_of(request).database.unit_of_work() as session:
        ask_to_carry_out(session, visit.identity, lot_id)
    return _go_on(request, visit, lot_id)


@router.post(f"{_PATH}/suite", dependencies=[Depends(pressed)])
def go_on(request: Request, visit: Writer, lot_id: RowId) -> Response:
    """Go on with what is under way; at its end, nothing is done again."""
    return _go_on(request, visit, lot_id)


@router.post(f"{_PATH}/reprendre")
def try_again(request: Request, visit: Writer, form: Posted, lot_id: RowId) -> Response:
    """A new lot of the dossiers that were refused."""
    only(form)
    with house_of(request).database.unit_of_work() as session:
        ids = refused_of(session.connection(), visit.identity, lot_id)
        back = read_lot(session.connection(), visit.identity, lot_id).retour
        key = key_of(form) or new_key()
        new = open_lot(session, visit.identity, Chosen(ids, back=back), visit.now, key)
    return redirect(request, f"/lots/{new}")


@undoing("lot")
def undo_lot(session: Session, house: House, visit: Visit, content: Mapping[str, Any]) -> str:
    """Take back what a lot assigned or tagged: at once for a short one, else on its page."""
    lot = ask_to_undo(session, visit.identity, content["lot"])
    if lot is None:
        return "C'était déjà annulé."
    connection = session.connection()
    if lot.nombre > SLICE:
        return "L'annulation est en cours : la page du lot montre où elle en est."
    for dossier_id in waiting_of(connection, lot, SLICE):
        try:
            with connection.begin_nested():
                take_back(session, house.engine, visit.identity, lot, dossier_id, visit.now)
        except Invalid as error:  # whoever was in charge before has left
            note_refusal(session, lot, dossier_id, sentences_of(error))
    close(session, lot)
    counts = counts_by_state(connection, lot.id)
    return f"Annulé. {outcome_of_lot(counts)}" if counts.get("garde") else "C'est annulé."


def _ask(
    request: Request,
    visit: Visit,
    lot_id: int,
    form: Form,
    ask: Callable[[Session], OpenLot],
    action: tuple[str, str] | None = None,
) -> Response:
    try:
        with house_of(request).database.unit_of_work() as session:
            ask(session)
    except Invalid as error:
        looking = LookingAtLot(action=action, typed=form, faults=error.faults)
        return _show(request, visit, lot_id, looking, 422)
    return _go_on(request, visit, lot_id)


def _go_on(request: Request, visit: Visit, lot_id: int) -> Response:
    """Work for a while, then the page of the lot; back to the list once all is simply done."""
    house = house_of(request)
    lot = work(house, visit.identity, visit.now, lot_id)
    with house.database.reading() as session:
        counts = counts_by_state(session.connection(), lot.id)
    if lot.etat != "termine" or lot.nature == "avancer":
        return redirect(request, f"/lots/{lot_id}")
    here = f"/lots/{lot_id}"
    simply = not counts.get("refuse")
    back = f"/liste?{lot.retour}" if lot.retour else "/liste"
    word = undoable(
        request, visit, "lot", {"lot": lot.id}, back if lot.nombre <= SLICE and simply else here
    )
    told = Flash(
        text=_told(lot, counts),
        undo=word if counts["fait"] else "",
    )
    return redirect(request, back if simply else here, told)


def _told(lot: OpenLot, counts: Mapping[str, int]) -> str:
    """« Confier à Odile : fait pour 3 dossiers, 2 l'étaient déjà. »"""
    if not counts["fait"]:
        return f"{lot.titre} : il n'y avait rien à changer."
    done = f"{lot.titre} : fait pour {counted(counts['fait'], 'dossier')}"
    rest = outcome_of_lot({name: counts[name] for name in ("deja", "refuse")})
    return f"{done}, {rest}" if rest else f"{done}."


def _show(
    request: Request, visit: Visit, lot_id: int, looking: LookingAtLot, status: int = 200
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = lot_page(session.connection(), house.engine, visit, lot_id, looking)
    return page(request, visit, "pages/lot/lot.html", view, present="liste", status=status)


def _ids(texts: list[str]) -> set[int]:
    """The ids that a form carries. Raises FormUnreadable for anything else."""
    found = {_id(text) for text in texts if text}
    if None in found:
        raise FormUnreadable
    return {id for id in found if id is not None}


def _id(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if plain and 0 < int(text) <= LARGEST_ID else None
