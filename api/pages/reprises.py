"""Taking over what was kept in spreadsheets: the direction does it, who controls reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Depends, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, one, only, pressed
from api.house import House, house_of
from api.pages.asking import answers_of
from api.presentation.fields import Typed
from api.presentation.reglages import REPRISES
from api.presentation.reprise import reprise_page, reprises_page
from api.sendings import TableSent
from api.views.chrome import Flash
from api.visit import Direction, Overseer, Visit
from grants.reprise import running
from grants.reprise.corrections import CSV_TYPE, XLSX_TYPE, corrected
from grants.reprise.faults import unpack
from grants.reprise.files import MOST_MEGABYTES, XLSX
from grants.reprise.models import model
from grants.reprise.progress import sweep
from grants.reprise.queries import read_reprise
from grants.reprise.service import (
    COLUMN,
    FILE,
    HEADER,
    SHEET,
    SUBJECT,
    Sent,
    choose_sheet,
    give_up,
    launch_check,
    launch_undo,
    launch_write,
    receive,
    subject_of,
)
from grants.reprise.tables import EN_COURS
from grants.reprise.targets import targets_of
from workflow.errors import Invalid, NotFound

router = APIRouter()
_PRESENT = "parametres"
_ONE = f"{REPRISES}/{{reprise_id}}"
_MEGABYTE = 1024 * 1024
Work = Callable[[running.Job], None]


@router.get(REPRISES)
def reprises(request: Request, visit: Overseer) -> Response:
    """The files taken over, and the form to send one."""
    return _list(request, visit)


@router.post(REPRISES)
def send_file(request: Request, visit: Direction, upload: TableSent) -> Response:
    """Take a file; its columns are shown next."""
    only(upload.form, SUBJECT)
    house, file = house_of(request), upload.files.get(FILE)
    faults = {FILE: "Choisissez un fichier."} if file is None else {}
    if file is not None and len(file.content) > MOST_MEGABYTES * _MEGABYTE:
        faults[FILE] = f"Ce fichier dépasse {MOST_MEGABYTES} Mo. Partagez-le en plusieurs."
    try:
        if file is None or faults:
            raise Invalid(faults)
        sent = Sent(one(upload.form, SUBJECT), file.name, file.content)
        with house.database.unit_of_work() as session:
            id = receive(session, house.engine, visit.identity, sent, visit.now)
    except Invalid as error:
        return _list(request, visit, answers_of(upload.form), error.faults)
    return redirect(request, f"{REPRISES}/{id}")


@router.get(f"{REPRISES}/modeles/{{modele}}")
def download_model(request: Request, visit: Direction, modele: str) -> Response:  # noqa: ARG001 — the direction alone
    """A workbook to fill in."""
    engine = house_of(request).engine
    subject = subject_of(engine, modele)
    if subject is None:
        raise NotFound
    return _file(model(targets_of(engine, *subject)), f"modele-{modele}.xlsx", XLSX_TYPE)


@router.get(_ONE)
def reprise(request: Request, visit: Overseer, reprise_id: RowId) -> Response:
    """One file, at the point where it is."""
    return _show(request, visit, reprise_id)


@router.post(f"{_ONE}/feuille")
def read_otherwise(request: Request, visit: Direction, form: Posted, reprise_id: RowId) -> Response:
    """Read another sheet, or titles that stand on another row."""
    only(form, SHEET, HEADER)
    house, raw = house_of(request), {name: one(form, name) for name in (SHEET, HEADER)}
    try:
        with house.database.unit_of_work() as session:
            choose_sheet(session, house.engine, visit.identity, reprise_id, raw)
    except Invalid as error:
        return _show(request, visit, reprise_id, faults=error.faults)
    return redirect(request, f"{REPRISES}/{reprise_id}")


@router.post(f"{_ONE}/colonnes")
def check_columns(request: Request, visit: Direction, form: Posted, reprise_id: RowId) -> Response:
    """Keep what each column brings, and check every row after the answer."""
    only(form, *(name for name in form if name.startswith(f"{COLUMN}-")))
    house, raw = house_of(request), _texts(form)
    try:
        with house.database.unit_of_work() as session:
            launch_check(session, house.engine, visit.identity, reprise_id, raw, visit.now)
    except Invalid as error:
        return _show(request, visit, reprise_id, answers_of(form), error.faults)
    return _launched(request, visit, reprise_id, running.check)


@router.post(f"{_ONE}/lancer", dependencies=[Depends(pressed)])
def take_over(request: Request, visit: Direction, reprise_id: RowId) -> Response:
    """Take the file over after the answer, all or nothing."""
    try:
        with house_of(request).database.unit_of_work() as session:
            launch_write(session, visit.identity, reprise_id, visit.now)
    except Invalid as error:
        said = Flash(text=error.faults[FILE], tone="attention")
        return redirect(request, f"{REPRISES}/{reprise_id}", said)
    return _launched(request, visit, reprise_id, running.write)


@router.post(f"{_ONE}/annuler", dependencies=[Depends(pressed)])
def take_back(request: Request, visit: Direction, reprise_id: RowId) -> Response:
    """Take a reprise back after the answer, while nothing hangs on it."""
    with house_of(request).database.unit_of_work() as session:
        launch_undo(session, visit.identity, reprise_id, visit.now)
    return _launched(request, visit, reprise_id, running.undo)


@router.post(f"{_ONE}/abandonner", dependencies=[Depends(pressed)])
def abandon(request: Request, visit: Direction, reprise_id: RowId) -> Response:
    """Forget a file that was not taken over."""
    with house_of(request).database.unit_of_work() as session:
        give_up(session, visit.identity, reprise_id)
    return redirect(
        request, REPRISES, Flash(text="Le fichier est abandonné : rien n'a été repris.")
    )


@router.get(f"{_ONE}/anomalies")
def download_faults(request: Request, visit: Overseer, reprise_id: RowId) -> Response:
    """The file to mend: what was sent, with what is wrong beside each row."""
    with house_of(request).database.reading() as session:
        row = read_reprise(session.connection(), visit.identity.organisme_id, reprise_id)
    if row["contenu"] is None or row["anomalies"] is None:
        raise NotFound
    reading = running.reading_of(row["lecture"])
    content = corrected(row["format"], row["contenu"], reading, unpack(row["anomalies"]))
    kind = XLSX_TYPE if row["format"] == XLSX else CSV_TYPE
    return _file(content, f"a-corriger-{reprise_id}.{row['format']}", kind)


def _launched(request: Request, visit: Visit, id: int, work: Work) -> Response:
    """To the page of the reprise, the work beginning once it was answered."""
    house = house_of(request)
    job = running.Job(house.database, house.engine, visit.identity, id, house.clock)
    response = redirect(request, f"{REPRISES}/{id}")
    response.background = BackgroundTask(work, job)
    return response


def _list(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = reprises_page(session.connection(), house.engine, visit.identity, typed, faults)
    template = "pages/reprise/liste.html"
    return page(request, visit, template, view, present=_PRESENT, status=422 if faults else 200)


def _show(
    request: Request,
    visit: Visit,
    id: int,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    house = house_of(request)
    _look_for_dead(house, visit, id)
    with house.database.reading() as session:
        connection = session.connection()
        row = read_reprise(connection, visit.identity.organisme_id, id)
        view = reprise_page(connection, house.engine, visit.identity, row, typed, faults)
    template = "pages/reprise/reprise.html"
    return page(request, visit, template, view, present=_PRESENT, status=422 if faults else 200)


def _look_for_dead(house: House, visit: Visit, id: int) -> None:
    """Work that stopped with its server is told so as soon as somebody looks."""
    with house.database.reading() as session:
        row = read_reprise(session.connection(), visit.identity.organisme_id, id)
    if row["etat"] in EN_COURS:
        sweep(house.database, visit.now)


def _texts(form: Form) -> dict[str, str]:
    return {name: one(form, name) for name in form if name.startswith(f"{COLUMN}-")}


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=kind, headers=headers)
