"""Who carries a dossier, and when he is met: the porteur, the structure, the appointment."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, key_of, one, only, version_of
from api.house import House, house_of
from api.presentation.adresses import stop_url, stopped_address
from api.presentation.dossier import dossier_page
from api.presentation.dossier_forms import Looking, conflict_of
from api.presentation.fields import Asking, questions
from api.views.chrome import Flash, Link
from api.views.dossier import Conflict
from api.views.fields import FieldGroup
from api.views.porteur import PorteurPage
from api.visit import Visit, Writer
from grants.dossiers.appointments import APPOINTMENT_FIELDS, meet_on
from grants.dossiers.people import Carriers, carry
from grants.dossiers.reading import read_subject
from grants.organisation.people import PERSONNE_FIELDS, PERSONNES
from workflow.errors import Invalid, Stale
from workflow.pipeline import Field

router = APIRouter()
_MOST_DIGITS = 18
# No row has it: it will be refused as the others are, with whatever else is wrong.
_NO_STRUCTURE = 0
_SEEN = "personne_version"
_STRUCTURE = Field(key="structure", label="Structure", type="structure")
_PORTEUR = tuple(field.key for field in PERSONNE_FIELDS)
_APPOINTMENT = tuple(field.key for field in APPOINTMENT_FIELDS)


@router.get("/dossiers/{dossier_id}/porteur")
def porteur(request: Request, visit: Writer, dossier_id: RowId) -> Response:
    """The form, with what is known."""
    return _show(request, visit, dossier_id)


@router.post("/dossiers/{dossier_id}/porteur")
def change_porteur(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Keep the porteur's name and numbers, and the structure."""
    house = house_of(request)
    only(form, *_PORTEUR, _STRUCTURE.key, _SEEN)
    answers = {key: one(form, key) for key in _PORTEUR}
    try:
        structure = _structure_id(one(form, _STRUCTURE.key))
        with house.database.unit_of_work() as session:
            carriers = Carriers(answers, structure, version_of(form), version_of(form, _SEEN))
            carry(session, house.engine, visit.identity, dossier_id, carriers, visit.now)
    except Invalid as error:
        return _show(request, visit, dossier_id, form, faults=error.faults, status=422)
    except Stale as error:
        conflict = conflict_of(error, dossier_id)
        return _show(request, visit, dossier_id, form, conflict=conflict, status=409)
    return redirect(request, f"/dossiers/{dossier_id}", Flash(text="C'est enregistré."))


@router.post("/dossiers/{dossier_id}/rendez-vous")
def change_appointment(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId
) -> Response:
    """Fix another appointment."""
    house = house_of(request)
    only(form, *_APPOINTMENT)
    answers = {key: one(form, key) for key in _APPOINTMENT}
    try:
        with house.database.unit_of_work() as session:
            meet_on(
                session,
                house.engine,
                visit.identity,
                dossier_id,
                answers,
                visit.now,
                key_of(form),
            )
    except Invalid as error:
        looking = Looking(appointment_typed=answers, appointment_faults=error.faults)
        with house.database.reading() as session:
            view = dossier_page(
                session.connection(), house.engine, visit.identity, dossier_id, visit.now, looking
            )
        return page(request, visit, "pages/dossier/dossier.html", view, status=422)
    return redirect(
        request, f"/dossiers/{dossier_id}#rendez-vous", Flash(text="Rendez-vous enregistré.")
    )


def _show(
    request: Request,
    visit: Visit,
    dossier_id: int,
    form: Form | None = None,
    *,
    faults: Mapping[str, str] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = _page(house, session, visit, dossier_id, form, faults or {}, conflict)
    return page(request, visit, "pages/dossier/porteur.html", view, status=status)


def _page(
    house: House,
    session: Session,
    visit: Visit,
    dossier_id: int,
    form: Form | None,
    faults: Mapping[str, str],
    conflict: Conflict | None,
) -> PorteurPage:
    connection, organisme_id = session.connection(), visit.identity.organisme_id
    subject = read_subject(connection, house.engine, organisme_id, dossier_id, lock=False)
    row = subject.row
    porteur = PERSONNES.find(connection, organisme_id, row["porteur_id"] or 0)
    known = {key: row[f"porteur_{key}"] for key in _PORTEUR}
    asking = Asking(connection, house.engine, organisme_id, typed=form, faults=faults)
    here, email = f"/dossiers/{dossier_id}/porteur", known["email"]
    stopped = stopped_address(connection, visit.identity, email, here)
    return PorteurPage(
        reference=row["reference"],
        titre=row["titre"] or "Projet sans titre",
        url=here,
        back=Link(label=row["reference"], url=f"/dossiers/{dossier_id}"),
        porteur=FieldGroup(
            title="Le porteur",
            help="Ces coordonnées valent pour tous les dossiers de cette personne.",
            fields=questions(asking, PERSONNE_FIELDS, known),
        ),
        structure=FieldGroup(
            title="La structure",
            fields=questions(asking, (_STRUCTURE,), {"structure": row["structure_id"]}),
        ),
        lock_version=subject.lock_version,
        personne_version=None if porteur is None else porteur["seq"],
        new_structure_url="/structures/nouvelle",
        conflict=conflict,
        stopped=stopped,
        stop_url=stop_url(email) if email and not stopped else "",
    )


def _structure_id(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS):
        return _NO_STRUCTURE
    return int(typed)
