"""Structures: found, read, recorded, changed; and the people of each one."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, key_of, new_key, one, version_of
from api.house import House, house_of
from api.pages.asking import answers_of, ask
from api.presentation.structure_list import LIST, NEW, Searched, list_page
from api.presentation.structures import structure_form, structure_page
from api.views.chrome import Flash
from api.views.forms import FormView
from api.views.structures import StructureFormPage
from api.visit import SignedIn, Visit, Writer
from grants.fusions.queries import standing_for
from grants.structures.departements import DEPARTEMENTS
from grants.structures.nomenclature import SECTEURS
from grants.structures.queries import LONGEST_SEARCH, Place, StructureFilters
from grants.structures.service import (
    STRUCTURES,
    already_recorded,
    check_structure,
    create_structure,
    modify_structure,
)
from workflow.errors import Invalid, Stale
from workflow.texts import TextFault, clean_text

router = APIRouter()
PRESENT = "structures"
_BUTTON = "continuer"
_SECTEURS = frozenset(choice.key for choice in SECTEURS)
_LONGEST_ID = 18


@router.get(LIST)
def structures(request: Request, visit: SignedIn) -> Response:
    """The list, by name, narrowed by the address."""
    searched = _searched(request.query_params)
    with house_of(request).database.reading() as session:
        view = list_page(session.connection(), visit, searched)
    return page(request, visit, "pages/structures/liste.html", view, present=PRESENT)


@router.get(NEW)
def new_structure(request: Request, visit: Writer) -> Response:
    """The empty fiche."""
    house = house_of(request)
    with house.database.reading() as session:
        view = structure_form(ask(house, session, visit), _new_form(), None)
    return _form_page(request, visit, view, 200)


@router.post(NEW)
def record_structure(request: Request, visit: Writer, form: Posted) -> Response:
    """Record a structure, unless a known one resembles it: then ask first."""
    house, answers = house_of(request), answers_of(form, _BUTTON)
    try:
        with house.database.reading() as session:
            doubtful = _doubtful(house, session, visit, form)
        if doubtful is not None:
            return _form_page(request, visit, doubtful, 409)
        with house.database.unit_of_work() as session:
            id = create_structure(session, visit.identity, answers, visit.now, key_of(form))
    except Invalid as error:
        with house.database.reading() as session:
            asking = ask(house, session, visit, answers, error.faults)
            view = structure_form(asking, _new_form(key_of(form)), None)
        return _form_page(request, visit, view, 422)
    return redirect(request, f"{LIST}/{id}", Flash(text="La structure est enregistrée."))


@router.get(f"{LIST}/{{structure_id}}")
def structure(request: Request, visit: SignedIn, structure_id: RowId) -> Response:
    """A structure, its people and dossiers; one that was merged leads to the one kept."""
    with house_of(request).database.reading() as session:
        connection = session.connection()
        row = STRUCTURES.read(connection, visit.identity.organisme_id, structure_id)
        kept = standing_for(connection, row)
    if kept != structure_id:
        return redirect(request, f"{LIST}/{kept}", _merged(row["nom"]))
    return show_structure(request, visit, structure_id)


@router.get(f"{LIST}/{{structure_id}}/modifier")
def edit_structure(request: Request, visit: Writer, structure_id: RowId) -> Response:
    """The fiche as a form."""
    house = house_of(request)
    with house.database.reading() as session:
        row = STRUCTURES.read(session.connection(), visit.identity.organisme_id, structure_id)
        asking = ask(house, session, visit)
        view = structure_form(asking, _edit_form(structure_id, row["seq"]), row)
    return _form_page(request, visit, view, 200)


@router.post(f"{LIST}/{{structure_id}}/modifier")
def change_structure(
    request: Request, visit: Writer, form: Posted, structure_id: RowId
) -> Response:
    """Keep the changes of a fiche."""
    house, answers, version = house_of(request), answers_of(form, _BUTTON), version_of(form)
    faults: Mapping[str, str] = {}
    conflict = ""
    try:
        with house.database.unit_of_work() as session:
            changed = modify_structure(
                session, visit.identity, structure_id, answers, visit.now, version
            )
        return redirect(request, f"{LIST}/{structure_id}", _kept(changed))
    except Invalid as error:
        faults = error.faults
    except Stale as error:
        conflict = str(error)
    with house.database.reading() as session:
        row = STRUCTURES.read(session.connection(), visit.identity.organisme_id, structure_id)
        seen = version if version is not None and not conflict else row["seq"]
        asking = ask(house, session, visit, answers, faults)
        view = structure_form(asking, _edit_form(structure_id, seen, conflict), row)
    return _form_page(request, visit, view, 409 if conflict else 422)


def _doubtful(house: House, session: Session, visit: Visit, form: Form) -> StructureFormPage | None:
    """The form again when a known structure resembles the one typed. Raises Invalid."""
    connection, answers = session.connection(), answers_of(form, _BUTTON)
    if one(form, _BUTTON) or already_recorded(connection, visit.identity, key_of(form)):
        return None
    check_structure(connection, visit.identity, answers)
    asking = ask(house, session, visit, answers)
    view = structure_form(asking, _new_form(key_of(form)), None, may_continue=True)
    return view if view.warnings else None


def show_structure(
    request: Request,
    visit: Visit,
    id: int,
    typed: Mapping[str, str | list[str] | None] | None = None,
    faults: Mapping[str, str] | None = None,
    notice: str = "",
) -> Response:
    """The page of a structure; with the contact that came back, and what is wrong with it."""
    house = house_of(request)
    with house.database.reading() as session:
        asking = None if typed is None else ask(house, session, visit, typed, faults, "contact")
        view = structure_page(session.connection(), house.engine, visit, id, asking, notice)
    status = 409 if notice else 200 if typed is None else 422
    template = "pages/structures/structure.html"
    return page(request, visit, template, view, present=PRESENT, status=status)


def _merged(nom: str) -> Flash:
    return Flash(text=f"« {nom} » a été fusionnée avec cette structure.", tone="info")


def _form_page(request: Request, visit: Visit, view: StructureFormPage, status: int) -> Response:
    template = "pages/structures/fiche.html"
    return page(request, visit, template, view, present=PRESENT, status=status)


def _new_form(key: str | None = None) -> FormView:
    return FormView(
        url=NEW,
        groups=(),
        submit="Enregistrer la structure",
        idempotency_key=key or new_key(),
    )


def _edit_form(id: int, version: int, conflict: str = "") -> FormView:
    return FormView(
        url=f"{LIST}/{id}/modifier",
        groups=(),
        submit="Enregistrer",
        lock_version=version,
        conflict=conflict,
    )


def _kept(changed: bool) -> Flash:
    if changed:
        return Flash(text="La fiche est à jour.")
    return Flash(text="Rien n'a changé dans la fiche.", tone="info")


def _searched(query: Mapping[str, str]) -> Searched:
    """What the address asks for; what cannot be read of it is left out."""
    try:
        text = clean_text(query.get("q", ""), longest=LONGEST_SEARCH)
    except TextFault:
        text = ""
    departement, secteur = query.get("departement"), query.get("secteur")
    filters = StructureFilters(
        text=text,
        departement=departement if departement in DEPARTEMENTS else None,
        secteur=secteur if secteur in _SECTEURS else None,
    )
    return Searched(filters, _place(query))


def _place(query: Mapping[str, str]) -> Place | None:
    for name in ("apres", "avant"):
        text = query.get(name, "")
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID:
            return Place(int(text), backwards=name == "avant")
    return None
