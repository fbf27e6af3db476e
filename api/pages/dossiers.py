"""A dossier: its page, its moves, its sheets, its notes, its referent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, key_of, one, only, version_of
from api.house import House, house_of
from api.presentation.actions import Resumed
from api.presentation.dossier import dossier_page
from api.presentation.dossier_forms import Looking, conflict_of
from api.presentation.drafts import action_form, sheet_form
from api.presentation.plan import EditedPlan
from api.presentation.sheets import EditedSheet
from api.undo import undoable, undoing
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.dossiers.advance import Advanced, Demand, advance
from grants.dossiers.answers import REASON
from grants.dossiers.brouillons.presence import mark_gone
from grants.dossiers.brouillons.service import drop_draft
from grants.dossiers.notes import add_note, give_to, referent_of, tie
from grants.dossiers.sheets import SheetClosed, SheetEdit, SheetReserved, edit_sheet
from workflow.errors import Invalid, Refused, Stale

router = APIRouter()
MOST_DIGITS = 19
_PAPERS = ("lock_version", "idempotency_key")


@router.get("/dossiers/{dossier_id}")
def dossier(request: Request, visit: SignedIn, dossier_id: RowId) -> Response:
    """The page of a dossier; `?fiche=` opens a sheet as a form, `?journal=` narrows the story."""
    sheet = request.query_params.get("fiche")
    looking = Looking(
        edited=EditedSheet(sheet) if sheet else None,
        plan=EditedPlan() if request.query_params.get("plan") == "modifier" else None,
        moves_only=request.query_params.get("journal") == "mouvements",
    )
    return show_dossier(request, visit, dossier_id, looking)


@router.post("/dossiers/{dossier_id}/actions/{action}")
def act(request: Request, visit: Writer, form: Posted, dossier_id: RowId, action: str) -> Response:
    """Move the dossier."""
    house = house_of(request)
    answers = _answers(form)
    reason = one(form, REASON) or None
    answers.pop(REASON, None)
    demand = Demand(dossier_id, action, answers, reason, version_of(form), key_of(form))
    try:
        with house.database.unit_of_work() as session:
            advanced = advance(session, house.engine, visit.identity, demand, visit.now)
            _done(session, visit, dossier_id, action_form(action))
    except Invalid as error:
        looking = Looking(resumed=Resumed(action, form, error.faults))
        return show_dossier(request, visit, dossier_id, looking, 422)
    except Refused as error:
        looking = Looking(resumed=Resumed(action, form, reasons=error.refusals))
        return show_dossier(request, visit, dossier_id, looking, 409)
    except Stale as error:
        looking = Looking(resumed=Resumed(action, form), conflict=conflict_of(error, dossier_id))
        return show_dossier(request, visit, dossier_id, looking, 409)
    return redirect(request, f"/dossiers/{dossier_id}", Flash(text=_told(advanced)))


@router.post("/dossiers/{dossier_id}/fiches/{sheet}")
def change_sheet(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, sheet: str
) -> Response:
    """Keep the answers of a sheet."""
    house = house_of(request)
    edit = SheetEdit(dossier_id, sheet, _answers(form), version_of(form), key_of(form))
    try:
        with house.database.unit_of_work() as session:
            edit_sheet(session, house.engine, visit.identity, edit, visit.now)
            _done(session, visit, dossier_id, sheet_form(sheet))
    except Invalid as error:
        looking = Looking(edited=EditedSheet(sheet, form, error.faults))
        return show_dossier(request, visit, dossier_id, looking, 422)
    except Stale as error:
        looking = Looking(edited=EditedSheet(sheet, form), conflict=conflict_of(error, dossier_id))
        return show_dossier(request, visit, dossier_id, looking, 409)
    except (SheetClosed, SheetReserved) as error:
        looking = Looking(edited=EditedSheet(sheet, form), notice=str(error))
        return show_dossier(request, visit, dossier_id, looking, 409)
    return redirect(
        request, f"/dossiers/{dossier_id}#fiche-{sheet}", Flash(text="C'est enregistré.")
    )


@router.post("/dossiers/{dossier_id}/notes")
def write_note(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Add a note."""
    house, text = house_of(request), one(form, "texte")
    only(form, "texte")
    try:
        with house.database.unit_of_work() as session:
            add_note(
                session, house.engine, visit.identity, dossier_id, text, visit.now, key_of(form)
            )
    except Invalid as error:
        looking = Looking(note_text=text, note_fault=error.faults["texte"])
        return show_dossier(request, visit, dossier_id, looking, 422)
    return redirect(request, f"/dossiers/{dossier_id}#notes", Flash(text="Note ajoutée."))


@router.post("/dossiers/{dossier_id}/referent")
def change_referent(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Give the dossier to a colleague, or to nobody."""
    house, typed = house_of(request), one(form, "referent")
    only(form, "referent")
    try:
        colleague = _colleague(typed)
        with house.database.unit_of_work() as session:
            before = referent_of(session.connection(), visit.identity.organisme_id, dossier_id)
            give_to(
                session,
                house.engine,
                visit.identity,
                dossier_id,
                colleague,
                visit.now,
                version_of(form),
            )
    except Invalid as error:
        looking = Looking(referent_fault=error.faults["referent"])
        return show_dossier(request, visit, dossier_id, looking, 422)
    except Stale as error:
        looking = Looking(conflict=conflict_of(error, dossier_id))
        return show_dossier(request, visit, dossier_id, looking, 409)
    back = f"/dossiers/{dossier_id}"
    content = {"dossier": dossier_id, "avant": before, "apres": colleague}
    word = undoable(request, visit, "referent", content, back) if before != colleague else ""
    return redirect(request, back, Flash(text="Référent enregistré.", undo=word))


@undoing("referent")
def undo_referent(session: Session, house: House, visit: Visit, content: Mapping[str, Any]) -> str:
    """Give the dossier back to whoever had it, unless somebody changed it since."""
    dossier_id, identity = content["dossier"], visit.identity
    if referent_of(session.connection(), identity.organisme_id, dossier_id) != content["apres"]:
        return "Le référent a changé depuis : il reste comme il est."
    give_to(session, house.engine, identity, dossier_id, content["avant"], visit.now)
    return "Le dossier est rendu à qui l'avait avant."


@router.post("/dossiers/{dossier_id}/liens")
def tie_dossiers(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Write that another dossier, named by its reference, belongs with this one."""
    house, reference = house_of(request), one(form, "reference")
    only(form, "reference")
    try:
        with house.database.unit_of_work() as session:
            tie(session, house.engine, visit.identity, dossier_id, reference, visit.now)
    except Invalid as error:
        looking = Looking(link_text=reference, link_fault=error.faults["reference"])
        return show_dossier(request, visit, dossier_id, looking, 422)
    return redirect(request, f"/dossiers/{dossier_id}#liens", Flash(text="Dossiers liés."))


def _done(session: Session, visit: Visit, dossier_id: int, formulaire: str) -> None:
    """The form is saved: neither its draft nor the word that somebody is at it is true any more."""
    drop_draft(session, visit.identity, dossier_id, formulaire)
    mark_gone(session, visit.identity, dossier_id)


def show_dossier(
    request: Request, visit: Visit, dossier_id: int, looking: Looking, status: int = 200
) -> Response:
    """The page of a dossier, with the form that came back where there is one."""
    house = house_of(request)
    with house.database.reading() as session:
        view = dossier_page(
            session.connection(), house.engine, visit.identity, dossier_id, visit.now, looking
        )
    return page(
        request, visit, "pages/dossier/dossier.html", view, present="tableau", status=status
    )


def _answers(form: Form) -> dict[str, str | list[str] | None]:
    return {key: value for key, value in form.items() if key not in _PAPERS}


def _colleague(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < MOST_DIGITS):
        raise Invalid({"referent": "Choisissez un collègue dans la liste."})
    return int(typed)


def _told(advanced: Advanced) -> str:
    """What the move did, in one sentence."""
    if advanced.replayed or not advanced.moves:
        return "C'était déjà fait : rien n'a été enregistré deux fois."
    made = ", puis ".join(move.action.done or move.action.label for move in advanced.moves)
    letters = sum(len(move.action.letters) for move in advanced.moves)
    prepared = {0: "", 1: " Un courrier est préparé."}
    return f"{made}." + prepared.get(letters, f" {letters} courriers sont préparés.")
