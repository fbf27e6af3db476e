"""What a member does about one dossier of his séance: he reads, notes, steps aside and votes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import is_htmx, redirect
from api.forms import Form, RowId, one, only, version_of
from api.guests import Guest, InvitedToRead, PostedOnDossier
from api.guides import SEANCE_PATH
from api.house import house_of
from api.presentation.ballots import Returned
from api.presentation.hearings import Back
from api.seating import faults_of, home_of, reading, shown, status_of
from grants.comites.ballot_form import BALLOT_FIELDS, read_ballot
from grants.comites.carnets import write_private_note
from grants.comites.deports import come_back, step_aside
from grants.comites.errors import SeanceRefused
from grants.comites.voting import Vote, cast_vote
from workflow.database import LARGEST_ID
from workflow.errors import Invalid

router = APIRouter()
_DOSSIER = f"{SEANCE_PATH}/{{seance_id}}/dossiers/{{dossier_id}}"
#: Where a form stood: on the page of the séance, or (this word) at the end of the note.
_FROM_THE_NOTE = "lecture"


@router.get(_DOSSIER)
def read(request: Request, guest: InvitedToRead, dossier_id: RowId, page: str = "1") -> Response:
    """One page of the note on a dossier."""
    return reading(request, guest, dossier_id, number=_number(page))


@router.post(f"{_DOSSIER}/vote")
def vote(
    request: Request, guest: InvitedToRead, dossier_id: RowId, form: PostedOnDossier
) -> Response:
    """One tap: the voice of the member, or one that he was given."""
    names = [field.key for field in BALLOT_FIELDS]
    only(form, "voix", "choix", "depuis", *names)
    house, voice = house_of(request), _voice(form)
    choix = one(form, "choix")
    try:
        asked = Vote(
            guest.place.subject.id,
            dossier_id,
            voice,
            choix,
            seen=version_of(form),
            **read_ballot(choix, form),
        )
        with house.database.unit_of_work() as session:
            cast_vote(session, guest.place.siege, asked, guest.now)
    except (Invalid, SeanceRefused) as refused:
        typed = {name: one(form, name) for name in names}
        returned = Returned(voice, typed, faults_of(refused))
        back = Back(dossier_id, returned)
        return _back_to(request, guest, form, back, status_of(refused))
    return _done(request, guest, form, dossier_id)


@router.post(f"{_DOSSIER}/note")
def note(
    request: Request, guest: InvitedToRead, dossier_id: RowId, form: PostedOnDossier
) -> Response:
    """What the member writes for himself."""
    only(form, "texte", "depuis")
    text = one(form, "texte")
    try:
        with house_of(request).database.unit_of_work() as session:
            write_private_note(session, guest.place.siege, dossier_id, text, guest.now)
    except Invalid as invalid:
        back = Back(dossier_id, faults=invalid.faults, typed={"texte": text})
        return _back_to(request, guest, form, back, 422)
    return _done(request, guest, form, dossier_id)


@router.post(f"{_DOSSIER}/deport")
def aside(
    request: Request, guest: InvitedToRead, dossier_id: RowId, form: PostedOnDossier
) -> Response:
    """Step aside: from then on nothing of this dossier is shown."""
    only(form, "motif")
    motif, siege = one(form, "motif"), guest.place.siege
    try:
        with house_of(request).database.unit_of_work() as session:
            step_aside(
                session, siege, siege.seance_id, dossier_id, siege.membre_id, motif, guest.now
            )
    except Invalid as invalid:
        back = Back(dossier_id, faults=invalid.faults, typed={"motif": motif})
        return shown(request, guest, back, status=422)
    except SeanceRefused as refused:
        return shown(request, guest, Back(dossier_id), status=409, told=str(refused))
    return redirect(request, f"{home_of(guest)}#dossier-{dossier_id}")


@router.post(f"{_DOSSIER}/deport/retirer")
def no_longer_aside(
    request: Request, guest: InvitedToRead, dossier_id: RowId, form: PostedOnDossier
) -> Response:
    """A déport declared by mistake is taken back."""
    only(form)
    siege = guest.place.siege
    try:
        with house_of(request).database.unit_of_work() as session:
            come_back(session, siege, siege.seance_id, dossier_id, siege.membre_id, guest.now)
    except SeanceRefused as refused:
        return shown(request, guest, Back(dossier_id), status=409, told=str(refused))
    return redirect(request, f"{home_of(guest)}#dossier-{dossier_id}")


def _done(request: Request, guest: Guest, form: Form, dossier_id: int) -> Response:
    """Where the form stood, as it is now; to a script, the dossier alone."""
    if one(form, "depuis") == _FROM_THE_NOTE:
        return redirect(request, f"{home_of(guest)}/dossiers/{dossier_id}?page=2")
    if is_htmx(request):
        return shown(request, guest, only=dossier_id)
    return redirect(request, f"{home_of(guest)}#dossier-{dossier_id}")


def _back_to(request: Request, guest: Guest, form: Form, back: Back, status: int) -> Response:
    """The page that the form stood on, with what is wrong."""
    if one(form, "depuis") == _FROM_THE_NOTE and back.dossier_id is not None:
        return reading(request, guest, back.dossier_id, number=2, back=back, status=status)
    return shown(request, guest, back, status=status)


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) == 1 else 1


def _voice(form: Form) -> int:
    """Whose voice is used. Raises Invalid."""
    typed = one(form, "voix")
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) <= LARGEST_ID):
        raise Invalid({"voix": "Cette voix n’existe pas : rechargez la page."})
    return int(typed)
