"""Choosing a password from a personal link: looking at the page does not use the link up."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import PostedAtTheDoor, one, only
from api.house import house_of
from api.pages.connexion import let_in
from api.views.chrome import Flash
from api.views.connexion import ReinitialisationPage
from api.views.fields import FieldView
from grants.organisation.accounts import Account
from grants.organisation.links import choose_password, find_link
from grants.organisation.passwords import LONGEST, RULES, password_fault

router = APIRouter()

TEMPLATE = "pages/connexion/reinitialisation.html"


@router.get("/reinitialisation/{jeton}")
def show_choice(request: Request, jeton: str) -> Response:
    """The form, for whoever holds a link that still serves."""
    account = _account(request, jeton)
    return _form(request, jeton, account, {}) if account else _expired(request)


@router.post("/reinitialisation/{jeton}")
def choose(request: Request, jeton: str, form: PostedAtTheDoor) -> Response:
    """Take the password, use the link up, sign its owner in."""
    house = house_of(request)
    account = _account(request, jeton)
    if account is None:
        return _expired(request)
    only(form, "mot_de_passe", "confirmation")
    password = one(form, "mot_de_passe")
    faults = password_faults(
        password, one(form, "confirmation"), email=account.email, nom=account.nom
    )
    if faults:
        return _form(request, jeton, account, faults)
    hashed = house.passwords.hash(password)
    with house.database.unit_of_work() as session:
        account = choose_password(session, jeton, hashed, house.clock())
    flash = Flash(text="Votre mot de passe est enregistré.")
    if not account.organismes:
        return redirect(request, "/connexion", flash)
    return let_in(request, house, account, "/", flash)


def password_faults(password: str, confirmation: str, *, email: str, nom: str) -> dict[str, str]:
    """What is wrong with a password typed twice, by field."""
    faults: dict[str, str] = {}
    fault = password_fault(password, email=email, nom=nom)
    if fault:
        faults["mot_de_passe"] = fault
    elif password != confirmation:
        faults["confirmation"] = "Ce n'est pas le même mot de passe. Retapez-le."
    return faults


def password_fields(faults: dict[str, str], advice: str = "") -> tuple[FieldView, FieldView]:
    """A new password, typed twice; what was typed is never sent back."""
    password = FieldView(
        name="mot_de_passe",
        label="Mot de passe",
        type="mot_de_passe",
        required=True,
        autocomplete="new-password",
        longest=LONGEST,
        help=advice,
        error=faults.get("mot_de_passe", ""),
    )
    confirmation = FieldView(
        name="confirmation",
        label="Le même, une seconde fois",
        type="mot_de_passe",
        required=True,
        autocomplete="new-password",
        longest=LONGEST,
        error=faults.get("confirmation", ""),
    )
    return password, confirmation


def _account(request: Request, jeton: str) -> Account | None:
    house = house_of(request)
    with house.database.reading() as session:
        return find_link(session.connection(), jeton, house.clock())


def _form(request: Request, jeton: str, account: Account, faults: dict[str, str]) -> Response:
    password, confirmation = password_fields(faults)
    view = ReinitialisationPage(
        url=f"/reinitialisation/{jeton}",
        email=account.email,
        password=password,
        confirmation=confirmation,
        rules=RULES,
    )
    return page(request, None, TEMPLATE, view, status=422 if faults else 200)


def _expired(request: Request) -> Response:
    password, confirmation = password_fields({})
    view = ReinitialisationPage(
        url="", email="", password=password, confirmation=confirmation, expired=True
    )
    return page(request, None, TEMPLATE, view, status=404)
