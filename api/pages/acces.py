"""Coming in by a personal link: looking uses nothing up, a click does; a spent one is renewed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.answering import page, redirect
from api.cookies import read_cookie, set_cookie
from api.forms import PostedAtTheDoor, only
from api.guests import BROWSER_KEPT, cookie_for
from api.guides import GUIDES
from api.house import House, house_of
from api.mailing import ENTRY_PATH
from api.views.acces import AccesPage, LinkState
from grants.organisation.acces import Holder, find_holder, find_link
from grants.organisation.links import LinkUsed
from workflow.errors import DomainError, NotFound

router = APIRouter()
_TEMPLATE = "pages/acces/acces.html"
_STATUS = {"valable": 200, "perime": 200, "envoye": 200, "termine": 200, "inconnu": 404}


@router.get(ENTRY_PATH)
def no_link(request: Request) -> Response:
    """Where people come who have no link at hand: how one comes in."""
    return page(request, None, _TEMPLATE, AccesPage(state="inconnu"))


@router.get(f"{ENTRY_PATH}/{{acces}}")
def entry(request: Request, acces: str) -> Response:
    """What the link leads to. Who came in by it already goes straight on."""
    house = house_of(request)
    with house.database.reading() as session:
        connection = session.connection()
        view, way = _seen(connection, house, acces)
        inside = way and _is_inside(request, connection, house, acces)
    if inside:
        return redirect(request, way)
    return _answer(request, view)


@router.post(f"{ENTRY_PATH}/{{acces}}")
def come_in(request: Request, acces: str, form: PostedAtTheDoor) -> Response:
    """Use the link up: this browser stays until what it leads to is over."""
    house = house_of(request)
    only(form)
    with house.database.reading() as session:
        view, way = _seen(session.connection(), house, acces)
        holder = _known(session.connection(), acces)
    if view.state != "valable" or holder is None:
        return _answer(request, view)
    try:
        with house.database.unit_of_work() as session:
            cookie = GUIDES[holder.to.objet].enter(session, acces, house.clock())
    except LinkUsed:
        return entry(request, acces)  # somebody was quicker: the page says what remains to do
    response = redirect(request, way)
    name, seconds = cookie_for(holder.to.objet, holder.to.objet_id), BROWSER_KEPT.total_seconds()
    set_cookie(response, house.settings, name, cookie, seconds=int(seconds))
    return response


@router.post(f"{ENTRY_PATH}/{{acces}}/nouveau")
def send_again(request: Request, acces: str, form: PostedAtTheDoor) -> Response:
    """Send a new link to the address of this one. Tapped twice, one leaves."""
    house = house_of(request)
    only(form)
    with house.database.reading() as session:
        view, _ = _seen(session.connection(), house, acces)
        holder = _known(session.connection(), acces)
    if holder is None or view.state not in ("perime", "valable"):
        return _answer(request, view)
    with house.database.unit_of_work() as session:
        GUIDES[holder.to.objet].renew(session, house.engine, holder, house.clock())
    return _answer(request, _view("envoye", acces, holder))


def _seen(connection: Connection, house: House, secret: str) -> tuple[AccesPage, str]:
    """What is shown of a link, and where it leads."""
    holder = _known(connection, secret)
    if holder is None:
        return AccesPage(state="inconnu"), ""
    try:
        welcome = GUIDES[holder.to.objet].welcome(connection, holder)
    except DomainError as ended:
        return _view("termine", secret, holder, why=str(ended)), ""
    state: LinkState = "valable" if holder.serves(house.clock()) else "perime"
    told = {"title": welcome.title, "lead": welcome.lead, "button": welcome.way.label}
    return _view(state, secret, holder, **told), welcome.way.url


def _known(connection: Connection, secret: str) -> Holder | None:
    try:
        return find_link(connection, secret)
    except NotFound:
        return None


def _is_inside(request: Request, connection: Connection, house: House, secret: str) -> bool:
    """Whether this very browser was opened for the same person by a link to the same thing."""
    holder = _known(connection, secret)
    if holder is None:
        return False
    to = holder.to
    cookie = read_cookie(request, house.settings, cookie_for(to.objet, to.objet_id))
    here = find_holder(connection, cookie, to.objet, to.objet_id) if cookie else None
    return here is not None and here.to == to


def _view(state: LinkState, secret: str, holder: Holder, **told: str) -> AccesPage:
    url = f"{ENTRY_PATH}/{secret}"
    return AccesPage(
        state=state,
        organisme=holder.organisme_nom,
        nom=holder.nom,
        url=url,
        renew_url=f"{url}/nouveau",
        address=_hidden(holder.email or ""),
        **told,
    )


def _hidden(email: str) -> str:
    """« c…@comite.example »: enough to know one's own address, not to learn another's."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}" if domain else ""


def _answer(request: Request, view: AccesPage) -> Response:
    response = page(request, None, _TEMPLATE, view, status=_STATUS[view.state])
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
