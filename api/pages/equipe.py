"""The team: invited, given a role, let in and out by the direction."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, one, only, pressed
from api.house import House, house_of
from api.pages.asking import answers_of, ask
from api.presentation.fields import Typed
from api.presentation.reglages import EQUIPE, INVITATION, Came, equipe_page
from api.views.chrome import Flash
from api.views.parametres import LienMotDePasse
from api.visit import Direction, Overseer, Visit
from grants.organisation.accounts import read_account
from grants.organisation.colleagues import (
    COORDINATES,
    ROLE_FIELD,
    Invited,
    LastDirection,
    SharedAccount,
    change_coordinates,
    change_role,
    give_access_back,
    invite,
    reset_link,
    take_access,
)
from grants.organisation.links import LINK_LIFE
from workflow.errors import Invalid, NotFound

router = APIRouter()
_ROLE = f"{EQUIPE}/{{compte_id}}/role"
_NOTHING = Flash(text="Rien n'a changé.", tone="info")


@router.get(EQUIPE)
def team(request: Request, visit: Overseer) -> Response:
    """Who may come in, and as what."""
    return _team(request, visit)


@router.post(EQUIPE)
def invite_somebody(request: Request, visit: Direction, form: Posted) -> Response:
    """Give somebody an access; the link to choose a password is on this one answer only."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            invited = invite(session, visit.identity, answers, visit.now)
    except Invalid as error:
        return _team(request, visit, answers, error.faults)
    if invited.secret is None:
        return redirect(request, EQUIPE, Flash(text=_comes_in(invited)))
    link = _link(house, visit, invited.nom, invited.email, invited.secret)
    return _team(request, visit, came=Came(link=link))


@router.post(_ROLE)
def give_role(request: Request, visit: Direction, form: Posted, compte_id: RowId) -> Response:
    """Give a colleague another role."""
    only(form, ROLE_FIELD.key)
    try:
        with house_of(request).database.unit_of_work() as session:
            changed = change_role(session, visit.identity, compte_id, one(form, "role"), visit.now)
    except Invalid as error:
        told = f"{ROLE_FIELD.label} : {error.faults['role']}"
        return _team(request, visit, came=Came(error=told), status=422)
    except LastDirection as error:
        return _team(request, visit, came=Came(error=str(error)), status=409)
    return redirect(request, EQUIPE, Flash(text="Le rôle est changé.") if changed else _NOTHING)


@router.post(f"{EQUIPE}/{{compte_id}}/coordonnees")
def give_coordinates(
    request: Request, visit: Direction, form: Posted, compte_id: RowId
) -> Response:
    """Change what letters say of a colleague."""
    only(form, *(field.key for field in COORDINATES))
    answers = {field.key: one(form, field.key) for field in COORDINATES}
    try:
        with house_of(request).database.unit_of_work() as session:
            changed = change_coordinates(session, visit.identity, compte_id, answers, visit.now)
    except Invalid as error:
        labels = {field.key: field.label for field in COORDINATES}
        told = " ".join(f"{labels[key]} : {fault}" for key, fault in error.faults.items())
        return _team(request, visit, came=Came(error=told), status=422)
    said = Flash(text="Les coordonnées sont changées.")
    return redirect(request, EQUIPE, said if changed else _NOTHING)


@router.post(f"{EQUIPE}/{{compte_id}}/retirer", dependencies=[Depends(pressed)])
def take_out(request: Request, visit: Direction, compte_id: RowId) -> Response:
    """Take a colleague's access away."""
    try:
        with house_of(request).database.unit_of_work() as session:
            changed = take_access(session, visit.identity, compte_id, visit.now)
    except LastDirection as error:
        return _team(request, visit, came=Came(error=str(error)), status=409)
    said = Flash(text="L'accès est retiré : cette personne est déconnectée partout.")
    return redirect(request, EQUIPE, said if changed else _NOTHING)


@router.post(f"{EQUIPE}/{{compte_id}}/rendre", dependencies=[Depends(pressed)])
def let_in_again(request: Request, visit: Direction, compte_id: RowId) -> Response:
    """Give a former colleague the access back."""
    with house_of(request).database.unit_of_work() as session:
        changed = give_access_back(session, visit.identity, compte_id, visit.now)
    return redirect(request, EQUIPE, Flash(text="L'accès est rendu.") if changed else _NOTHING)


@router.post(f"{EQUIPE}/{{compte_id}}/lien", dependencies=[Depends(pressed)])
def new_link(request: Request, visit: Direction, compte_id: RowId) -> Response:
    """A link to choose a new password, on this one answer only."""
    house = house_of(request)
    try:
        with house.database.unit_of_work() as session:
            secret = reset_link(session, visit.identity, compte_id, visit.now)
            account = read_account(session.connection(), compte_id)
    except SharedAccount as error:
        return _team(request, visit, came=Came(error=str(error)), status=409)
    if account is None:
        raise NotFound
    link = _link(house, visit, account.nom, account.email, secret)
    return _team(request, visit, came=Came(link=link))


def _team(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    came: Came | None = None,
    status: int = 200,
) -> Response:
    house, came = house_of(request), came or Came()
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults, INVITATION)
        view = equipe_page(asking, visit, came)
    template = "pages/parametres/equipe.html"
    status = 422 if faults else status
    answer = page(request, visit, template, view, present="parametres", status=status)
    if came.link is not None:
        # The link is a key: no copy of this page may stay anywhere.
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _link(house: House, visit: Visit, nom: str, email: str, secret: str) -> LienMotDePasse:
    url = f"{house.settings.address}/reinitialisation/{secret}"
    return LienMotDePasse(nom=nom, email=email, url=url, expires=visit.now + LINK_LIFE)


def _comes_in(invited: Invited) -> str:
    return f"{invited.nom} a déjà un mot de passe et peut se connecter dès maintenant."
