"""The pièces of a dossier: files handed in, looked at, validated, sent back, withdrawn."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, key_of, one, only, version_of
from api.house import house_of
from api.piece_files import limits_of, served
from api.presentation.dossier import dossier_page
from api.presentation.dossier_forms import Looking, conflict_of
from api.presentation.pieces import ResumedPiece, about
from api.sendings import Sent
from api.views.chrome import Flash
from api.views.pieces import PreviewPage
from api.visit import SignedIn, Visit, Writer
from grants.dossiers.pieces.deposit import count_fault, deposit
from grants.dossiers.pieces.kinds import KINDS
from grants.dossiers.pieces.queries import read_file
from grants.dossiers.pieces.rows import NoStructureYet, require_piece
from grants.dossiers.pieces.service import (
    NothingHandedIn,
    Received,
    hand_in,
    send_back,
    validate,
    withdraw,
)
from grants.dossiers.pieces.storage import Storage
from grants.dossiers.reading import read_subject
from workflow.errors import Invalid, NotFound, Stale

router = APIRouter()
_PIECE = "/dossiers/{dossier_id}/pieces/{piece}"
_FILE = "/dossiers/{dossier_id}/fichiers/{fichier_id}"


@router.post(f"{_PIECE}/fichiers")
def hand_files_in(
    request: Request, visit: Writer, sending: Sent, dossier_id: RowId, piece: str
) -> Response:
    """Keep the files sent for a pièce; those that cannot be are told, with what to do."""
    house = house_of(request)
    only(sending.form)
    with house.database.reading() as session:
        organisme_id = visit.identity.organisme_id
        require_piece(session.connection(), house.engine, organisme_id, dossier_id, piece)
    if fault := count_fault(len(sending.files)):
        looking = Looking(piece=ResumedPiece(piece, faults={"fichiers": fault}))
        return _show(request, visit, dossier_id, looking, 422)
    storage = Storage(house.settings.files_folder)
    limits = limits_of(house.settings)
    done = deposit(house.database, storage, limits, organisme_id, sending.files)
    received = None
    if done.files:
        try:
            with house.database.unit_of_work() as session:
                received = hand_in(
                    session,
                    house.engine,
                    visit.identity,
                    dossier_id,
                    piece,
                    done.files,
                    visit.now,
                    key_of(sending.form),
                )
        except BaseException:
            done.forget(storage)
            raise
    if done.refused:
        told = _told(received) if received else ""
        resumed = ResumedPiece(piece, refused=tuple(done.refused), told=told)
        return _show(request, visit, dossier_id, Looking(piece=resumed), 422)
    assert received is not None, "something was sent, and nothing was refused"
    return redirect(request, _place(dossier_id, piece), Flash(text=_told(received)))


@router.post(f"{_PIECE}/validation")
def validate_piece(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, piece: str
) -> Response:
    """The pièce will do."""
    only(form, "date_document")
    return _judged(request, visit, form, dossier_id, piece, validate, "Pièce validée.")


@router.post(f"{_PIECE}/correction")
def send_piece_back(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, piece: str
) -> Response:
    """The pièce has to be mended."""
    only(form, "motif", "commentaire")
    return _judged(request, visit, form, dossier_id, piece, send_back, "Pièce à corriger.")


@router.post(f"{_FILE}/retirer")
def withdraw_file(
    request: Request, visit: Writer, form: Posted, dossier_id: RowId, fichier_id: RowId
) -> Response:
    """Take a file out of its pièce."""
    house = house_of(request)
    only(form)
    with house.database.unit_of_work() as session:
        withdraw(session, house.engine, visit.identity, dossier_id, fichier_id, visit.now)
    return redirect(request, f"/dossiers/{dossier_id}#pieces", Flash(text="Fichier retiré."))


@router.get(_FILE)
def download(request: Request, visit: SignedIn, dossier_id: RowId, fichier_id: RowId) -> Response:
    """The file, to be kept on one's own computer."""
    return _served(request, visit, dossier_id, fichier_id, inline=False)


@router.get(f"{_FILE}/contenu")
def content(request: Request, visit: SignedIn, dossier_id: RowId, fichier_id: RowId) -> Response:
    """The file as a browser shows it inside the preview."""
    return _served(request, visit, dossier_id, fichier_id, inline=True)


@router.get(f"{_FILE}/apercu")
def preview(request: Request, visit: SignedIn, dossier_id: RowId, fichier_id: RowId) -> Response:
    """A picture or a PDF, shown in a page of ours."""
    house, organisme_id = house_of(request), visit.identity.organisme_id
    with house.database.reading() as session:
        connection = session.connection()
        file = read_file(connection, organisme_id, dossier_id, fichier_id)
        subject = read_subject(connection, house.engine, organisme_id, dossier_id, lock=False)
    kind = KINDS[file["type"]]
    if not kind.shown:
        raise NotFound
    piece = house.engine.machine(subject).pipeline.piece(file["cle"])
    address = f"/dossiers/{dossier_id}/fichiers/{fichier_id}"
    view = PreviewPage(
        name=file["nom"],
        about=about(file),
        piece=piece.label if piece else "",
        reference=subject.row["reference"],
        back_url=_place(dossier_id, file["cle"]),
        download_url=address,
        content_url=f"{address}/contenu",
        is_image=kind.is_image,
    )
    return page(request, visit, "pages/dossier/apercu.html", view)


def _judged(
    request: Request,
    visit: Visit,
    form: Form,
    dossier_id: int,
    piece: str,
    judge: Callable[..., None],
    told: str,
) -> Response:
    house = house_of(request)
    typed = {name: one(form, name) for name in ("date_document", "motif", "commentaire")}
    try:
        with house.database.unit_of_work() as session:
            judge(
                session,
                house.engine,
                visit.identity,
                dossier_id,
                piece,
                typed,
                visit.now,
                version_of(form),
            )
    except Invalid as error:
        looking = Looking(piece=ResumedPiece(piece, typed, error.faults))
        return _show(request, visit, dossier_id, looking, 422)
    except Stale as error:
        looking = Looking(conflict=conflict_of(error, dossier_id))
        return _show(request, visit, dossier_id, looking, 409)
    except (NothingHandedIn, NoStructureYet) as error:
        return _show(request, visit, dossier_id, Looking(notice=str(error)), 409)
    return redirect(request, _place(dossier_id, piece), Flash(text=told))


def _show(
    request: Request, visit: Visit, dossier_id: int, looking: Looking, status: int
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = dossier_page(
            session.connection(), house.engine, visit.identity, dossier_id, visit.now, looking
        )
    return page(request, visit, "pages/dossier/dossier.html", view, status=status)


def _told(received: Received) -> str:
    """What became of a sending, in a sentence or two."""
    count = len(received.kept)
    said: list[str] = []
    if count:
        added = "1 fichier ajouté" if count == 1 else f"{count} fichiers ajoutés"
        said.append(f"{added} à « {received.piece} ».")
    said += [f"Ce fichier est déjà là : « {name} »." for _new, name in received.already]
    return " ".join(said) or "C’était déjà fait : rien n’a été enregistré deux fois."


def _place(dossier_id: int, piece: str) -> str:
    return f"/dossiers/{dossier_id}#piece-{piece}"


def _served(
    request: Request, visit: Visit, dossier_id: int, fichier_id: int, *, inline: bool
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        organisme_id = visit.identity.organisme_id
        file = read_file(session.connection(), organisme_id, dossier_id, fichier_id)
    return served(house, file, inline=inline)
