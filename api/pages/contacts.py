"""The people of a structure: added, changed, taken off."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, key_of, pressed, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.pages.structures import PRESENT, show_structure
from api.presentation.adresses import stopped_address
from api.presentation.structure_list import LIST
from api.presentation.structures import contact_page
from api.views.chrome import Flash
from api.visit import Visit, Writer
from grants.organisation.people import Found
from grants.structures.contacts import (
    ContactLine,
    add_contact,
    contacts_of,
    modify_contact,
    remove_contact,
)
from grants.structures.service import STRUCTURES
from workflow.errors import Invalid, NotFound, Stale

router = APIRouter()


@router.post(f"{LIST}/{{structure_id}}/contacts")
def new_contact(request: Request, visit: Writer, form: Posted, structure_id: RowId) -> Response:
    """Add somebody to a structure."""
    answers, key = answers_of(form), key_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            found = add_contact(session, visit.identity, structure_id, answers, visit.now, key)
    except Invalid as error:
        return show_structure(request, visit, structure_id, answers, error.faults)
    return redirect(request, f"{LIST}/{structure_id}", _joined(found))


@router.get(f"{LIST}/{{structure_id}}/contacts/{{contact_id}}")
def edit_contact(
    request: Request, visit: Writer, structure_id: RowId, contact_id: RowId
) -> Response:
    """One contact as a form."""
    return _contact(request, visit, structure_id, contact_id)


@router.post(f"{LIST}/{{structure_id}}/contacts/{{contact_id}}")
def change_contact(
    request: Request, visit: Writer, form: Posted, structure_id: RowId, contact_id: RowId
) -> Response:
    """Keep the changes of a contact."""
    answers, version = answers_of(form), version_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            modify_contact(
                session, visit.identity, structure_id, contact_id, answers, visit.now, version
            )
    except Invalid as error:
        return _contact(request, visit, structure_id, contact_id, answers, error.faults)
    except Stale as error:
        return _contact(request, visit, structure_id, contact_id, answers, conflict=str(error))
    return redirect(request, f"{LIST}/{structure_id}", Flash(text="Le contact est à jour."))


@router.post(
    f"{LIST}/{{structure_id}}/contacts/{{contact_id}}/retirer", dependencies=[Depends(pressed)]
)
def take_contact_off(
    request: Request, visit: Writer, structure_id: RowId, contact_id: RowId
) -> Response:
    """Take somebody off the contacts of a structure."""
    with house_of(request).database.unit_of_work() as session:
        remove_contact(session, visit.identity, structure_id, contact_id, visit.now)
    return redirect(request, f"{LIST}/{structure_id}", Flash(text="Le contact est retiré."))


def _contact(
    request: Request,
    visit: Visit,
    structure_id: int,
    contact_id: int,
    typed: Mapping[str, str | list[str] | None] | None = None,
    faults: Mapping[str, str] | None = None,
    conflict: str = "",
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        connection = session.connection()
        row = STRUCTURES.read(connection, visit.identity.organisme_id, structure_id)
        found: ContactLine | None = next(
            (each for each in contacts_of(connection, structure_id) if each.id == contact_id), None
        )
        if found is None:
            raise NotFound
        asking = ask(house, session, visit, typed, faults)
        here = f"{LIST}/{structure_id}/contacts/{contact_id}"
        stopped = stopped_address(connection, visit.identity, found.email, here)
        view = contact_page(asking, row, found, found.version, stopped, conflict)
    status = 409 if conflict else 422 if typed is not None else 200
    template = "pages/structures/contact.html"
    return page(request, visit, template, view, present=PRESENT, status=status)


def _joined(found: Found) -> Flash:
    if "nom" in found.differs:
        return Flash(
            text=f"Cette adresse est déjà celle de {found.nom} : c'est son nom qui a été gardé.",
            tone="attention",
            remedy="Si c'est une autre personne, retirez ce contact et donnez une autre adresse.",
        )
    if "telephone" in found.differs:
        return Flash(
            text=f"{found.nom}, connu sous un autre numéro de téléphone, est ajouté aux contacts.",
            tone="attention",
            remedy="Ouvrez le contact pour changer son numéro.",
        )
    if "civilite" in found.differs:
        return Flash(
            text=f"{found.nom}, de l’autre civilité sur sa fiche, est ajouté aux contacts.",
            tone="attention",
            remedy="Ouvrez le contact pour changer sa civilité.",
        )
    return Flash(text=f"{found.nom} est ajouté aux contacts.")
