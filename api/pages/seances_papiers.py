"""The papers of a séance: the pack, the sheet to sign, the minutes, and those of each dossier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.forms import RowId
from api.house import house_of
from api.papers import Desk, given
from api.visit import SignedIn, Visit

router = APIRouter()
_SEANCE = "/seances/{seance_id}"
_DOSSIER = f"{_SEANCE}/dossiers/{{dossier_id}}"


@router.get(f"{_SEANCE}/dossier-de-seance.pdf")
def pack(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """What the members read before the séance. Raises PaperRefused."""
    with _at_the_desk(request, visit, seance_id) as desk:
        return given(desk.pack(), f"dossier-de-seance-{seance_id}.pdf", inline=True)


@router.get(f"{_SEANCE}/feuille-de-presence.pdf")
def sheet(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """What they sign. Raises PaperRefused."""
    with _at_the_desk(request, visit, seance_id) as desk:
        return given(desk.sheet(), f"feuille-de-presence-{seance_id}.pdf", inline=True)


@router.get(f"{_SEANCE}/proces-verbal.pdf")
def minutes(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """The minutes, saved byte for byte: they can be verified. Raises PaperRefused."""
    with _at_the_desk(request, visit, seance_id) as desk:
        return given(desk.minutes(), f"proces-verbal-{seance_id}.pdf")


@router.get(f"{_SEANCE}/proces-verbal.docx")
def word(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """The minutes, to paste elsewhere. Raises PaperRefused."""
    with _at_the_desk(request, visit, seance_id) as desk:
        return given(desk.word(), f"proces-verbal-{seance_id}.docx")


@router.get(f"{_DOSSIER}/note.pdf")
def note(request: Request, visit: SignedIn, seance_id: RowId, dossier_id: RowId) -> Response:
    """Two pages on one dossier. Raises NotOnTheAgenda."""
    with _at_the_desk(request, visit, seance_id) as desk:
        return given(desk.note(dossier_id), f"note-{seance_id}-{dossier_id}.pdf", inline=True)


@router.get(f"{_DOSSIER}/extrait.pdf")
def extract(request: Request, visit: SignedIn, seance_id: RowId, dossier_id: RowId) -> Response:
    """What the minutes say of one dossier. Raises NotOnTheAgenda, PaperRefused."""
    with _at_the_desk(request, visit, seance_id) as desk:
        return given(desk.extract(dossier_id), f"extrait-{seance_id}-{dossier_id}.pdf")


@contextmanager
def _at_the_desk(request: Request, visit: Visit, seance_id: int) -> Iterator[Desk]:
    house, organisme_id = house_of(request), visit.identity.organisme_id
    with house.database.reading() as session:
        yield Desk(session.connection(), house.engine, organisme_id, seance_id, visit.now)
