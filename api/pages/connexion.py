"""Coming in and going out: signing in, signing out here or everywhere."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.address import client_address
from api.answering import page, redirect, safe_local
from api.cookies import SESSION, drop_cookie, set_cookie
from api.demonstration import shown_accounts
from api.forms import PostedAtTheDoor, one, only, pressed
from api.house import House, house_of
from api.views.chrome import Flash
from api.views.connexion import ConnexionPage
from api.views.fields import FieldView
from api.visit import SignedIn, find_visit, lifetime
from grants.organisation.accounts import Account, find_account, is_empty
from grants.organisation.attempts import (
    by_address,
    by_email,
    count_attempt,
    forget_attempts,
)
from grants.organisation.colleagues import normal_email
from grants.organisation.connexions import (
    close_connexion,
    close_every_connexion,
    open_connexion,
)

router = APIRouter()

TEMPLATE = "pages/connexion/connexion.html"
_LONGEST_EMAIL = 254
_LONGEST_PASSWORD = 200
_WRONG = "Cette adresse et ce mot de passe ne vont pas ensemble."
_WRONG_REMEDY = "Vérifiez l'adresse, puis retapez le mot de passe."
_NO_ACCESS = "Ce compte n'a plus accès à aucun organisme."
_NO_ACCESS_REMEDY = "Demandez à la direction de votre organisme de vous rendre votre accès."


@router.get("/connexion")
def show_sign_in(request: Request, suite: str = "") -> Response:
    """The sign-in form; whoever is signed in already goes on."""
    back = safe_local(suite)
    if find_visit(request) is not None:
        return redirect(request, back)
    house = house_of(request)
    with house.database.reading() as session:
        if is_empty(session.connection()):
            return redirect(request, "/demarrage")
    return _form(request, back)


@router.post("/connexion")
def sign_in(request: Request, form: PostedAtTheDoor) -> Response:
    """Check the password, then let the browser in."""
    house = house_of(request)
    email, password = normal_email(one(form, "email")), one(form, "mot_de_passe")
    back = safe_local(one(form, "suite"))
    only(form, "email", "mot_de_passe", "suite")
    if len(email) > _LONGEST_EMAIL or len(password) > _LONGEST_PASSWORD:
        return _form(request, back, email[:_LONGEST_EMAIL], _WRONG, _WRONG_REMEDY)
    guess = by_email(email)
    with house.database.unit_of_work() as session:
        count_attempt(session, (guess, by_address(client_address(request))), house.clock())
    with house.database.reading() as session:
        account = find_account(session.connection(), email)
    # Slow on purpose: outside of any transaction, so that nobody waits for it.
    if not house.passwords.check(password, account.password if account else None):
        return _form(request, back, email, _WRONG, _WRONG_REMEDY)
    assert account is not None, "nobody's password is never right"
    if not account.organismes:
        return _form(request, back, email, _NO_ACCESS, _NO_ACCESS_REMEDY)
    with house.database.unit_of_work() as session:
        forget_attempts(session, guess)
    return let_in(request, house, account, back)


@router.post("/deconnexion", dependencies=[Depends(pressed)])
def sign_out(request: Request, visit: SignedIn) -> Response:
    """Sign this browser out."""
    with house_of(request).database.unit_of_work() as session:
        close_connexion(session, visit.digest)
    return _farewell(request, "Vous êtes déconnecté.")


@router.post("/deconnexion/partout", dependencies=[Depends(pressed)])
def sign_out_everywhere(request: Request, visit: SignedIn) -> Response:
    """Sign every browser of this compte out."""
    compte_id = visit.identity.compte_id
    assert compte_id is not None, "the software signs in nowhere"
    with house_of(request).database.unit_of_work() as session:
        close_every_connexion(session, compte_id)
    return _farewell(request, "Vous êtes déconnecté de tous vos appareils.")


def let_in(
    request: Request, house: House, account: Account, back: str, flash: Flash | None = None
) -> Response:
    """Open a connexion for a compte whose password is right, in its first organisme."""
    duration = lifetime(house.settings)
    with house.database.unit_of_work() as session:
        secret = open_connexion(session, account.id, account.organismes[0], house.clock(), duration)
    response = redirect(request, back, flash)
    seconds = int(duration.whole.total_seconds())
    set_cookie(response, house.settings, SESSION, secret, seconds=seconds)
    return response


def _form(
    request: Request, back: str, email: str = "", error: str = "", remedy: str = ""
) -> Response:
    view = ConnexionPage(
        url="/connexion",
        email=FieldView(
            name="email",
            label="Adresse e-mail",
            type="email",
            value=email,
            autocomplete="username",
            longest=_LONGEST_EMAIL,
            focus=not email,
        ),
        password=FieldView(
            name="mot_de_passe",
            label="Mot de passe",
            type="mot_de_passe",
            autocomplete="current-password",
            longest=_LONGEST_PASSWORD,
            focus=bool(email),
        ),
        suite="" if back == "/" else back,
        error=error,
        remedy=remedy,
        demo_accounts=shown_accounts(house_of(request)),
    )
    return page(request, None, TEMPLATE, view, status=422 if error else 200)


def _farewell(request: Request, sentence: str) -> Response:
    settings = house_of(request).settings
    response = redirect(request, "/connexion", Flash(text=sentence))
    drop_cookie(response, settings, SESSION)
    # The pages that the browser kept would otherwise come back with its « back » button.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
