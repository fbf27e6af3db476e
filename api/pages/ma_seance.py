"""What a member of a comité does on his own page: he reads, says whether he comes, leaves."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import redirect
from api.cookies import drop_cookie
from api.forms import only
from api.guests import Invited, PostedByGuest, cookie_for
from api.guides import SEANCE_PATH
from api.house import house_of
from api.mailing import ENTRY_PATH
from api.papers import given
from api.presentation.hearings import Back
from api.seating import faults_of, home_of, shown, status_of
from api.views.chrome import Flash
from grants.comites.acces import OBJET
from grants.comites.answers import answer_for_oneself
from grants.comites.errors import SeanceRefused
from grants.comites.papiers.seance import session_paper
from grants.organisation.acces import leave
from notifications.papers import print_paper
from workflow.errors import Invalid

router = APIRouter()
_ONE = f"{SEANCE_PATH}/{{seance_id}}"


@router.get(_ONE)
def seance(request: Request, guest: Invited, vu: str = "") -> Response:
    """The member's page. `vu`: the sight that he has; nothing is sent when it is still that one."""
    return shown(request, guest, seen=vu)


@router.get(f"{_ONE}/dossier-de-seance.pdf")
def pack(request: Request, guest: Invited) -> Response:
    """The pack to keep or print, without the notes on what he stepped aside from.

    Raises PaperRefused.
    """
    house, place = house_of(request), guest.place
    aside = {dossier for member, dossier in place.room.deports if member == place.membre.id}
    with house.database.reading() as session:
        about = (house.engine, place.siege.organisme_id, place.subject.id, guest.now)
        paper = session_paper(session.connection(), *about, hidden=aside)
    return given(print_paper(paper), f"dossier-de-seance-{place.subject.id}.pdf", inline=True)


@router.post(f"{_ONE}/presence")
def answer(request: Request, guest: Invited, form: PostedByGuest) -> Response:
    """Say whether one comes, or who votes for oneself."""
    only(form, "reponse", "pouvoir_a")
    house, siege = house_of(request), guest.place.siege
    try:
        with house.database.unit_of_work() as session:
            answer_for_oneself(session, siege, form, guest.now)
    except (Invalid, SeanceRefused) as refused:
        back = Back(faults=faults_of(refused))
        return shown(request, guest, back, status=status_of(refused))
    return redirect(request, home_of(guest), Flash(text="Votre réponse est notée."))


@router.post(f"{_ONE}/quitter")
def quit_page(request: Request, guest: Invited, form: PostedByGuest) -> Response:
    """This browser is the member's no longer."""
    only(form)
    house = house_of(request)
    with house.database.unit_of_work() as session:
        leave(session, guest.cookie)
    said = Flash(text="Cet appareil est déconnecté. Votre lien vous en enverra un nouveau.")
    response = redirect(request, ENTRY_PATH, said)
    drop_cookie(response, house.settings, cookie_for(OBJET, guest.place.subject.id))
    return response
