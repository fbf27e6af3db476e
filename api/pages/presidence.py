"""What the member who presides does: votes, decisions, the séance itself, its minutes."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import is_htmx, page, redirect
from api.forms import RowId, one, only
from api.guests import Guest, Invited, InvitedToRead, PostedByGuest, PostedOnDossier
from api.guides import SEANCE_PATH
from api.house import house_of
from api.papers import given
from api.presentation.presidence import CLOSE, OPEN, Sent, presidence
from api.seating import faults_of, home_of, status_of
from api.views.chrome import Flash
from grants.comites.closing import close_vote
from grants.comites.decisions import Verdict, decide
from grants.comites.errors import SeanceRefused, VoteNotAllowed
from grants.comites.moves import SeanceDemand, advance_seance
from grants.comites.papiers.attente import print_at_once
from grants.comites.papiers.proces_verbal import minutes_of, minutes_paper
from grants.comites.voting import open_vote
from notifications.papers import print_paper
from workflow.errors import Invalid, NotFound, Refused
from workflow.money import parse_amount

router = APIRouter()
_CHAIR = f"{SEANCE_PATH}/{{seance_id}}/presidence"
_DOSSIER = f"{_CHAIR}/dossiers/{{dossier_id}}"
_TEMPLATE = "pages/ma_seance/presidence.html"


@router.get(_CHAIR)
def chair(request: Request, guest: Invited, vu: str = "") -> Response:
    """The votes and the decisions. Raises NotFound for whoever does not preside."""
    return _shown(request, guest, seen=vu)


@router.post(f"{_CHAIR}/seance")
def move(request: Request, guest: Invited, form: PostedByGuest) -> Response:
    """Open the séance, close it, validate its minutes."""
    only(form, "action")
    _require_chair(guest)
    house, siege = house_of(request), guest.place.siege
    demand = SeanceDemand(siege.seance_id, one(form, "action"))
    try:
        with house.database.unit_of_work() as session:
            subject = advance_seance(session, house.engine, siege, demand, guest.now)
    except Refused as refused:
        told = " ".join(each.message for each in refused.refusals)
        return _shown(request, guest, status=409, told=told)
    if subject.stage == "pv_valide":
        print_at_once(house.database, siege.organisme_id, siege.seance_id, guest.now)
        said = Flash(text="Le procès-verbal est validé. Merci : votre accès prend fin ici.")
        return redirect(request, "/acces", said)
    return redirect(request, _here(guest))


@router.get(f"{_CHAIR}/proces-verbal.pdf")
def draft(request: Request, guest: Invited) -> Response:
    """The minutes to read before they are validated. Raises NotFound, PaperRefused."""
    _require_chair(guest)
    place, siege = guest.place, guest.place.siege
    aside = {dossier for member, dossier in place.room.deports if member == siege.membre_id}
    with house_of(request).database.reading() as session:
        minutes = minutes_of(session.connection(), siege.organisme_id, siege.seance_id)
    printed = print_paper(minutes_paper(minutes, guest.now, aside))
    return given(printed, f"projet-de-proces-verbal-{siege.seance_id}.pdf", inline=True)


@router.post(f"{_DOSSIER}/vote")
def vote(
    request: Request, guest: InvitedToRead, dossier_id: RowId, form: PostedOnDossier
) -> Response:
    """Open a vote, or close it and count it."""
    only(form, "geste")
    _require_chair(guest, dossier_id)
    house, siege, asked = house_of(request), guest.place.siege, one(form, "geste")
    if asked not in (OPEN, CLOSE):
        raise Invalid({"geste": "Ouvrez le vote, ou closez-le."})
    try:
        with house.database.unit_of_work() as session:
            if asked == OPEN:
                open_vote(session, siege, siege.seance_id, dossier_id, guest.now)
            else:
                where = (siege.seance_id, dossier_id)
                close_vote(session, house.engine, siege, *where, guest.now)
    except SeanceRefused as refused:
        return _shown(request, guest, status=409, told=str(refused))
    return _done(request, guest, dossier_id)


@router.post(f"{_DOSSIER}/decision")
def decision(
    request: Request, guest: InvitedToRead, dossier_id: RowId, form: PostedOnDossier
) -> Response:
    """Confirm what the vote proposes, or decide otherwise with a reason."""
    names = ("retenue", "montant", "reserves", "motif")
    only(form, *names)
    _require_chair(guest, dossier_id)
    house, typed = house_of(request), {name: one(form, name) for name in names}
    try:
        verdict = Verdict(
            guest.place.siege.seance_id,
            dossier_id,
            typed["retenue"],
            montant=_amount(typed["montant"]),
            motif=typed["motif"],
            reserves=typed["reserves"].splitlines(),
        )
        with house.database.unit_of_work() as session:
            decide(session, house.engine, guest.place.siege, verdict, guest.now)
    except (Invalid, SeanceRefused) as refused:
        back = Sent(dossier_id, typed, faults_of(refused))
        return _shown(request, guest, back, status=status_of(refused))
    return _done(request, guest, dossier_id)


def _done(request: Request, guest: Guest, dossier_id: int) -> Response:
    if is_htmx(request):
        return _shown(request, guest, only=dossier_id)
    return redirect(request, f"{_here(guest)}#dossier-{dossier_id}")


def _require_chair(guest: Guest, dossier_id: int = 0) -> None:
    """Raises NotFound; VoteNotAllowed where she stepped aside: somebody else conducts that vote."""
    if not guest.place.siege.preside:
        raise NotFound
    if dossier_id and guest.place.room.stepped_aside(guest.place.membre.id, dossier_id):
        sentence = "Vous vous êtes déporté sur ce dossier : quelqu’un d’autre conduit ce vote."
        raise VoteNotAllowed(raison=sentence)


def _here(guest: Guest) -> str:
    return f"{home_of(guest)}/presidence"


def _amount(typed: str) -> int | None:
    """Cents. Raises Invalid."""
    if not typed.strip():
        return None
    try:
        return parse_amount(typed)
    except ValueError as fault:
        raise Invalid({"montant": str(fault)}) from fault


def _shown(
    request: Request,
    guest: Guest,
    back: Sent | None = None,
    *,
    seen: str = "",
    status: int = 200,
    told: str = "",
    only: int = 0,
) -> Response:
    _require_chair(guest)
    house = house_of(request)
    with house.database.reading() as session:
        view = presidence(session.connection(), house.engine, guest, back)
    if seen and seen == view.seen:
        return Response(status_code=204)
    if only:
        # The others may have changed meanwhile: the page looks again at all of them.
        rulings = tuple(each for each in view.rulings if each.id == only)
        view = replace(view, rulings=rulings, look_url=_here(guest))
    said = Flash(text=told, tone="erreur") if told else None
    return page(request, None, _TEMPLATE, view, status=status, said=said)
