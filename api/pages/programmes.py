"""Programs: personal tokens for anybody, addresses told of moves for the direction."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, RowId, one, only, pressed
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.fields import Typed
from api.presentation.programmes import JETONS, annonces_page, jetons_page
from api.presentation.reglages import ANNONCES
from api.views.chrome import Flash
from api.visit import Direction, Overseer, SignedIn, Visit
from grants.organisation.annonces import tell_address, tell_no_more
from grants.organisation.jetons import make_token, revoke_token
from notifications.webhooks import send_again
from workflow.errors import Invalid, NotFound
from workflow.texts import TextFault, clean_text

router = APIRouter()
_MOST_DIGITS = 18
_LONGEST_TYPED = 2000


@router.get(JETONS)
def tokens(request: Request, visit: SignedIn) -> Response:
    """One's own tokens."""
    return _tokens(request, visit)


@router.post(JETONS)
def new_token(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Make a token: it is on this one answer only."""
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            secret = make_token(session, visit.identity, answers, visit.now)
    except Invalid as error:
        return _tokens(request, visit, answers, error.faults)
    return _tokens(request, visit, secret=secret)


@router.post(f"{JETONS}/revoquer")
def end_token(request: Request, visit: SignedIn, form: Posted) -> Response:
    """End one of one's own tokens at once. Raises Invalid for any other."""
    only(form, "jeton")
    id = _number(one(form, "jeton"))
    try:
        with house_of(request).database.unit_of_work() as session:
            revoke_token(session, visit.identity, id or 0, visit.now)
    except NotFound:
        raise Invalid({"jeton": "Ce jeton n’existe pas, ou n’est pas à vous."}) from None
    return redirect(request, JETONS, Flash(text="Le jeton est révoqué : il n’ouvre plus rien."))


@router.get(ANNONCES)
def webhooks(request: Request, visit: Overseer) -> Response:
    """The addresses told of moves, and what they were told."""
    return _webhooks(request, visit)


@router.post(ANNONCES)
def new_webhook(request: Request, visit: Direction, form: Posted) -> Response:
    """Tell one more address: what signs the messages is on this one answer only."""
    only(form, "url")
    house, typed = house_of(request), one(form, "url")
    try:
        url = clean_text(typed, longest=_LONGEST_TYPED)
        with house.database.unit_of_work() as session:
            local = house.settings.local_webhooks
            secret = tell_address(session, visit.identity, url, visit.now, local=local)
    except TextFault as fault:
        return _webhooks(request, visit, {"url": typed}, {"url": str(fault)})
    except Invalid as error:
        return _webhooks(request, visit, {"url": typed}, error.faults)
    return _webhooks(request, visit, secret=secret)


@router.post(f"{ANNONCES}/{{adresse_id}}/retirer", dependencies=[Depends(pressed)])
def end_webhook(request: Request, visit: Direction, adresse_id: RowId) -> Response:
    """Tell an address no more."""
    with house_of(request).database.unit_of_work() as session:
        tell_no_more(session, visit.identity, adresse_id, visit.now)
    return redirect(request, ANNONCES, Flash(text="Cette adresse n’est plus prévenue."))


@router.post(f"{ANNONCES}/envois/{{envoi_id}}/renvoyer", dependencies=[Depends(pressed)])
def tell_again(request: Request, visit: Direction, envoi_id: RowId) -> Response:
    """Send once more what was sent or given up."""
    with house_of(request).database.unit_of_work() as session:
        send_again(session, visit.identity.organisme_id, envoi_id, visit.now)
    said = Flash(text="L’annonce repartira dans quelques secondes.")
    return redirect(request, f"{ANNONCES}#envois", said)


def _number(typed: str) -> int | None:
    digits = typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS
    return int(typed) if digits else None


def _tokens(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    secret: str = "",
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults)
        view = jetons_page(asking, visit.identity, visit.now, secret)
    return _shown(request, visit, "pages/programmes/jetons.html", view, faults, present="")


def _webhooks(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    secret: str = "",
) -> Response:
    house, before = house_of(request), _number(request.query_params.get("avant", ""))
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults)
        view = annonces_page(asking, visit.identity, before, secret)
    return _shown(request, visit, "pages/programmes/annonces.html", view, faults)


def _shown(
    request: Request,
    visit: Visit,
    template: str,
    view: object,
    faults: Mapping[str, str] | None,
    *,
    present: str = "parametres",
) -> Response:
    status = 422 if faults else 200
    answer = page(request, visit, template, view, present=present, status=status)
    answer.headers["Cache-Control"] = "no-store"  # a secret may be on it
    return answer
