"""Members of the association: listed, recorded, changed, exported; their fees noted."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from api.answering import page, redirect
from api.exports.adherents import COLUMNS, rows_of_members
from api.exports.csv_text import csv_file
from api.exports.kinds import CSV, XLSX
from api.exports.xlsx import xlsx_file
from api.forms import Posted, RowId, key_of, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.pages.keeping import NOTHING_CHANGED, Back, Draw, keep_form, show_form, up_to_date
from api.presentation.adherents import (
    LIST,
    NEW,
    filters_of,
    member_form,
    member_page,
    members_page,
)
from api.presentation.fields import Asking, Typed
from api.presentation.listed_columns import Value
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.adherents.queries import adherents_of
from grants.adherents.service import ADHERENTS, modify_adherent, note_fee, record_adherent
from workflow.dates import to_paris
from workflow.errors import Invalid
from workflow.field_contract import Raw

router = APIRouter()
PRESENT = "structures"
_ONE = f"{LIST}/{{adherent_id}}"


@router.get(LIST)
def adherents(request: Request, visit: SignedIn) -> Response:
    """The members of a day, narrowed by the address."""
    house, today = house_of(request), to_paris(visit.now).date()
    with house.database.reading() as session:
        filters = filters_of(request.query_params, today)
        view = members_page(ask(house, session, visit), visit, filters)
    return page(request, visit, "pages/adherents/liste.html", view, present=PRESENT)


@router.get(f"{LIST}/export.xlsx")
def workbook(request: Request, visit: SignedIn) -> Response:
    """What is filtered, as a workbook."""
    written = xlsx_file("Adhérents", COLUMNS, _rows(request, visit))
    response = StreamingResponse(written, media_type=XLSX, headers=_named(visit, "xlsx"))
    # It is a zip already: compressing it again would cost more than it saves.
    response.headers["Content-Encoding"] = "identity"
    return response


@router.get(f"{LIST}/export.csv")
def table(request: Request, visit: SignedIn) -> Response:
    """What is filtered, as a CSV file."""
    written = csv_file(COLUMNS, _rows(request, visit))
    return StreamingResponse(written, media_type=CSV, headers=_named(visit, "csv"))


@router.get(NEW)
def new_adherent(request: Request, visit: Writer) -> Response:
    """The empty form."""
    return show_form(request, visit, _form(visit, None), present=PRESENT)


@router.post(NEW)
def add_adherent(request: Request, visit: Writer, form: Posted) -> Response:
    """Record a member."""
    engine = house_of(request).engine

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, engine, visit.identity, answers, visit.now, key_of(form))
        return f"{LIST}/{record_adherent(*asked)}", Flash(text="L’adhérent est enregistré.")

    return keep_form(request, visit, form, _form(visit, None), work, PRESENT)


@router.get(_ONE)
def adherent(request: Request, visit: SignedIn, adherent_id: RowId) -> Response:
    """One member, its fees and its story. Raises NotFound."""
    return _shown(request, visit, adherent_id)


@router.get(f"{_ONE}/modifier")
def edit_adherent(request: Request, visit: Writer, adherent_id: RowId) -> Response:
    """A membership as a form. Raises NotFound."""
    return show_form(request, visit, _form(visit, adherent_id), present=PRESENT)


@router.post(f"{_ONE}/modifier")
def change_adherent(request: Request, visit: Writer, form: Posted, adherent_id: RowId) -> Response:
    """Keep the changes of a membership. Raises NotFound."""
    engine = house_of(request).engine

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, engine, visit.identity, adherent_id, answers, visit.now)
        changed = modify_adherent(*asked, version_of(form))
        return f"{LIST}/{adherent_id}", up_to_date("L’adhésion est à jour.", changed=changed)

    return keep_form(request, visit, form, _form(visit, adherent_id), work, PRESENT)


@router.post(f"{_ONE}/cotisations")
def note_cotisation(request: Request, visit: Writer, form: Posted, adherent_id: RowId) -> Response:
    """Say what is owed and paid for a year. Raises NotFound."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            work = (session, house.engine, visit.identity, adherent_id, answers, visit.now)
            changed = note_fee(*work, key_of(form))
    except Invalid as error:
        return _shown(request, visit, adherent_id, answers, error)
    said = Flash(text="La cotisation est notée.") if changed else NOTHING_CHANGED
    return redirect(request, f"{LIST}/{adherent_id}", said)


def _shown(
    request: Request,
    visit: Visit,
    id: int,
    typed: Typed | None = None,
    error: Invalid | None = None,
) -> Response:
    house, faults = house_of(request), error.faults if error else {}
    with house.database.reading() as session:
        view = member_page(ask(house, session, visit, typed, faults), visit, id)
    status = 422 if faults else 200
    template = "pages/adherents/fiche.html"
    return page(request, visit, template, view, present=PRESENT, status=status)


def _rows(request: Request, visit: Visit) -> list[list[Value]]:
    today = to_paris(visit.now).date()
    with house_of(request).database.reading() as session:
        filters = filters_of(request.query_params, today)
        place = (session.connection(), visit.identity.organisme_id)
        return rows_of_members(adherents_of(*place, filters, today.year))


def _named(visit: Visit, ending: str) -> dict[str, str]:
    name = f"adherents-{to_paris(visit.now):%Y-%m-%d}.{ending}"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-cache",
    }


def _form(visit: Visit, id: int | None) -> Draw:
    today = to_paris(visit.now).date()

    def draw(asking: Asking, back: Back) -> object:
        place = (asking.connection, asking.organisme_id)
        row = None if id is None else ADHERENTS.read(*place, id)
        shown = {"key": back.key_for(row), "version": back.seen(row), "conflict": back.conflict}
        return member_form(asking, row, today, **shown)

    return draw
