"""What a member of a comité does on his own page: he reads, answers, steps aside and votes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.cookies import drop_cookie
from api.forms import Form, RowId, one, only, version_of
from api.guests import (
    Guest,
    Invited,
    InvitedToRead,
    PostedByGuest,
    PostedOnDossier,
    cookie_for,
    guest,
)
from api.guides import SEANCE_PATH
from api.house import house_of
from api.presentation.ballots import Returned
from api.presentation.lecture import lecture
from api.presentation.ma_seance import Back, ma_seance
from api.views.chrome import Flash
from grants.comites.acces import OBJET
from grants.comites.answers import answer_for_oneself
from grants.comites.ballot_form import BALLOT_FIELDS, read_ballot
from grants.comites.carnets import write_private_note
from grants.comites.deports import come_back, step_aside
from grants.comites.errors import SeanceRefused
from grants.comites.voting import Vote, cast_vote
from grants.organisation.acces import leave
from workflow.database import LARGEST_ID
from workflow.errors import Invalid

router = APIRouter()
_PAGE, _READ = "pages/ma_seance/seance.html", "pages/ma_seance/lecture.html"
_ONE = f"{SEANCE_PATH}/{{seance_id}}"
_DOSSIER = f"{_ONE}/dossiers/{{dossier_id}}"
#: Where a ballot is filled in: on the page of the séance, or at the end of the note.
_FROM_THE_NOTE = "lecture"


@router.get(_ONE)
def seance(request: Request, guest: Invited, vu: str = "") -> Response:
    """The member's page. `vu`: the sight that he has; nothing is sent when it is still that one."""
    return _shown(request, guest, seen=vu)


@router.post(f"{_ONE}/presence")
def answer(request: Request, guest: Invited, form: PostedByGuest) -> Response:
    """Say whether one comes, or who votes for oneself."""
    only(form, "reponse", "pouvoir_a")
    house, siege = house_of(request), guest.place.siege
    try:
        with house.database.unit_of_work() as session:
            answer_for_oneself(session, siege, form, guest.now)
    except (Invalid, SeanceRefused) as refused:
        back = Back(faults=_faults(refused))
        return _shown(request, guest, back, status=_status(refused))
    return redirect(request, _here(guest), Flash(text="Votre réponse est notée."))


@router.post(f"{_ONE}/quitter")
def quit_page(request: Request, guest: Invited, form: PostedByGuest) -> Response:
    """This browser is the member's no longer."""
    only(form)
    house = house_of(request)
    with house.database.unit_of_work() as session:
        leave(session, guest.cookie)
    said = Flash(text="Cet appareil est déconnecté. Votre lien vous en enverra un nouveau.")
    response = redirect(request, "/acces", said)
    drop_cookie(response, house.settings, cookie_for(OBJET, guest.place.subject.id))
    return response


@router.get(_DOSSIER)
def read(request: Request, guest: InvitedToRead, dossier_id: RowId, page: str = "1") -> Response:
    """One page of the note on a dossier."""
    return _reading(request, guest, dossier_id, number=_number(page))


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
        returned = Returned(voice, typed, _faults(refused))
        back = Back(dossier_id, returned)
        return _back_to(request, guest, form, back, _status(refused))
    return redirect(request, _after(guest, form, dossier_id))


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
    return redirect(request, _after(guest, form, dossier_id))


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
        return _shown(request, guest, back, status=422)
    except SeanceRefused as refused:
        return _shown(request, guest, Back(dossier_id), status=409, told=str(refused))
    return redirect(request, f"{_here(guest)}#dossier-{dossier_id}")


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
        return _shown(request, guest, Back(dossier_id), status=409, told=str(refused))
    return redirect(request, f"{_here(guest)}#dossier-{dossier_id}")


def _here(guest: Guest) -> str:
    return f"{SEANCE_PATH}/{guest.place.subject.id}"


def _after(guest: Guest, form: Form, dossier_id: int) -> str:
    """Where the form stood."""
    if one(form, "depuis") == _FROM_THE_NOTE:
        return f"{_here(guest)}/dossiers/{dossier_id}?page=2"
    return f"{_here(guest)}#dossier-{dossier_id}"


def _back_to(request: Request, guest: Guest, form: Form, back: Back, status: int) -> Response:
    """The page that the form stood on, with what is wrong."""
    if one(form, "depuis") == _FROM_THE_NOTE and back.dossier_id is not None:
        return _reading(request, guest, back.dossier_id, number=2, back=back, status=status)
    return _shown(request, guest, back, status=status)


def _shown(
    request: Request,
    seated: Guest,
    back: Back | None = None,
    *,
    seen: str = "",
    status: int = 200,
    told: str = "",
) -> Response:
    """The page; `told` is said above it, as is what cannot be said beside its dossier any more."""
    house = house_of(request)
    # What was refused may have changed meanwhile: the seat is read again.
    here = seated if back is None else guest(request, seated.place.subject.id)
    with house.database.reading() as session:
        view = ma_seance(session.connection(), house.engine, here, back)
    if seen and seen == view.seen:
        return Response(status_code=204)
    if back and back.dossier_id and back.dossier_id not in {each.id for each in view.entries}:
        told = told or " ".join(back.ballot.faults.values() if back.ballot else ())
    said = Flash(text=told, tone="erreur") if told else None
    return page(request, None, _PAGE, view, status=status, said=said)


def _reading(
    request: Request,
    seated: Guest,
    dossier_id: int,
    *,
    number: int,
    back: Back | None = None,
    status: int = 200,
) -> Response:
    house = house_of(request)
    here = seated if back is None else guest(request, seated.place.subject.id)
    with house.database.reading() as session:
        view = lecture(session.connection(), house.engine, here, dossier_id, number, back)
    return page(request, None, _READ, view, status=status)


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) == 1 else 1


def _voice(form: Form) -> int:
    """Whose voice is used. Raises Invalid."""
    typed = one(form, "voix")
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) <= LARGEST_ID):
        raise Invalid({"voix": "Cette voix n’existe pas : rechargez la page."})
    return int(typed)


def _faults(refused: Exception) -> dict[str, str]:
    """What is wrong, by field; a refusal is of none in particular."""
    return dict(refused.faults) if isinstance(refused, Invalid) else {"": str(refused)}


def _status(refused: Exception) -> int:
    return 422 if isinstance(refused, Invalid) else 409
