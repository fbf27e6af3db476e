"""Prestataires: found, read, recorded, changed, exported; those who fit a dossier."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from api.answering import page
from api.exports.csv_text import csv_file
from api.exports.kinds import CSV, XLSX
from api.exports.prestataires import COLUMNS, rows_of_prestataires
from api.exports.xlsx import xlsx_file
from api.forms import Posted, RowId, key_of, version_of
from api.house import house_of
from api.pages.keeping import Back, Draw, keep_form, show_form, up_to_date
from api.presentation.fields import Asking
from api.presentation.listed_columns import Value
from api.presentation.prestataire_filters import filters_of
from api.presentation.prestataire_suggestions import suggestions_page
from api.presentation.prestataires import LIST, NEW, directory_page, one_page, prestataire_form
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.dla.annuaire import prestataires_of, read_prestataire
from grants.dla.prestataires import modify_prestataire, record_prestataire
from workflow.dates import to_paris
from workflow.field_contract import Raw

router = APIRouter()
PRESENT = "structures"
_ONE = f"{LIST}/{{prestataire_id}}"


@router.get(LIST)
def prestataires(request: Request, visit: SignedIn) -> Response:
    """The directory, by name, narrowed by the address."""
    filters = filters_of(request.query_params)
    with house_of(request).database.reading() as session:
        view = directory_page(session.connection(), visit, filters)
    return page(request, visit, "pages/prestataires/liste.html", view, present=PRESENT)


@router.get(f"{LIST}/export.xlsx")
def workbook(request: Request, visit: SignedIn) -> Response:
    """What is filtered, as a workbook."""
    written = xlsx_file("Prestataires", COLUMNS, _rows(request, visit))
    response = StreamingResponse(written, media_type=XLSX, headers=_named(visit, "xlsx"))
    # It is a zip already: compressing it again would cost more than it saves.
    response.headers["Content-Encoding"] = "identity"
    return response


@router.get(f"{LIST}/export.csv")
def table(request: Request, visit: SignedIn) -> Response:
    """What is filtered, as a CSV file."""
    written = csv_file(COLUMNS, _rows(request, visit))
    return StreamingResponse(written, media_type=CSV, headers=_named(visit, "csv"))


@router.get(f"{LIST}/dossiers/{{dossier_id}}")
def suggestions(request: Request, visit: SignedIn, dossier_id: RowId) -> Response:
    """Those who fit a dossier, and why. Raises NotFound."""
    house = house_of(request)
    with house.database.reading() as session:
        view = suggestions_page(session.connection(), house.engine, visit, dossier_id)
    template = "pages/prestataires/suggestions.html"
    return page(request, visit, template, view, present="tableau")


@router.get(NEW)
def new_prestataire(request: Request, visit: Writer) -> Response:
    """The empty fiche."""
    return show_form(request, visit, _form(visit, None), present=PRESENT)


@router.post(NEW)
def add_prestataire(request: Request, visit: Writer, form: Posted) -> Response:
    """Record a prestataire."""

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        id = record_prestataire(session, visit.identity, answers, visit.now, key_of(form))
        return f"{LIST}/{id}", Flash(text="Le prestataire est enregistré.")

    return keep_form(request, visit, form, _form(visit, None), work, PRESENT)


@router.get(_ONE)
def prestataire(request: Request, visit: SignedIn, prestataire_id: RowId) -> Response:
    """One prestataire, and its story. Raises NotFound."""
    house = house_of(request)
    with house.database.reading() as session:
        view = one_page(session.connection(), house.engine, visit, prestataire_id)
    return page(request, visit, "pages/prestataires/fiche.html", view, present=PRESENT)


@router.get(f"{_ONE}/modifier")
def edit_prestataire(request: Request, visit: Writer, prestataire_id: RowId) -> Response:
    """The fiche as a form. Raises NotFound."""
    return show_form(request, visit, _form(visit, prestataire_id), present=PRESENT)


@router.post(f"{_ONE}/modifier")
def change_prestataire(
    request: Request, visit: Writer, form: Posted, prestataire_id: RowId
) -> Response:
    """Keep the changes of a fiche. Raises NotFound."""

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        asked = (session, visit.identity, prestataire_id, answers, visit.now, version_of(form))
        changed = modify_prestataire(*asked)
        return f"{LIST}/{prestataire_id}", up_to_date("La fiche est à jour.", changed=changed)

    return keep_form(request, visit, form, _form(visit, prestataire_id), work, PRESENT)


def _rows(request: Request, visit: Visit) -> list[list[Value]]:
    filters, today = filters_of(request.query_params), to_paris(visit.now).date()
    with house_of(request).database.reading() as session:
        place = (session.connection(), visit.identity.organisme_id)
        return rows_of_prestataires(prestataires_of(*place, filters, today))


def _named(visit: Visit, ending: str) -> dict[str, str]:
    name = f"prestataires-{to_paris(visit.now):%Y-%m-%d}.{ending}"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-cache",
    }


def _form(visit: Visit, id: int | None) -> Draw:
    today = to_paris(visit.now).date()

    def draw(asking: Asking, back: Back) -> object:
        place = (asking.connection, asking.organisme_id)
        line = None if id is None else read_prestataire(*place, id, today)
        version = back.version if line is None or back.version is not None else line.version
        shown = {"key": back.key_for(line), "version": version, "conflict": back.conflict}
        return prestataire_form(asking, line, **shown)

    return draw
