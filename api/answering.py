"""Answers: a page in its frame, or a redirection with a word for the next page."""

from __future__ import annotations

from typing import Any, get_args

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.cookies import (
    DOOR,
    FLASH,
    THEME,
    door_token,
    drop_cookie,
    new_door,
    read_cookie,
    seal,
    set_cookie,
    unseal,
)
from api.house import House, house_of
from api.views.chrome import (
    Chrome,
    Flash,
    Link,
    OrganismeChrome,
    Theme,
    Utilisateur,
    main_navigation,
)
from api.visit import Visit
from grants.organisation.roles import ROLES

_FLASH_SECONDS = 120
# Asked for again each time; « no-store » would lose what is typed when one comes back to a page.
_NOT_SHARED = {"Cache-Control": "private, no-cache"}
# A browser keeps about 4096 bytes of a cookie, name and attributes included.
_LONGEST_FLASH = 600


def page(
    request: Request,
    visit: Visit | None,
    template: str,
    view: object,
    *,
    present: str = "tableau",
    status: int = 200,
    said: Flash | None = None,
) -> Response:
    """A page in its frame. `template` is a path under `templates/`; no visit, no navigation.

    `present` is the key of the navigation entry to light; `said` is told above the page.
    """
    house = house_of(request)
    flash = read_cookie(request, house.settings, FLASH)
    flashes = _read_flash(house, flash) if flash else ()
    flashes = (*flashes, said) if said else flashes
    if visit is None:
        door = read_cookie(request, house.settings, DOOR) or new_door()
        chrome = _public_chrome(request, house, door, flashes)
    else:
        door = ""
        chrome = _chrome(request, visit, present, flashes)
    html = house.pages.render(template, view, chrome)
    response = HTMLResponse(
        html, status_code=status, headers={"Cache-Control": "private, no-cache"}
    )
    if flash:
        drop_cookie(response, house.settings, FLASH)
    if door:
        set_cookie(response, house.settings, DOOR, door)
    return response


def redirect(request: Request, url: str, flash: Flash | None = None) -> Response:
    """Another page of ours, by GET, with a message shown there once."""
    response = RedirectResponse(url, status_code=303)
    if flash is not None:
        settings = house_of(request).settings
        content = [flash.text[:_LONGEST_FLASH], flash.tone, flash.remedy[:_LONGEST_FLASH]]
        link = [flash.link.label, flash.link.url] if flash.link else None
        sealed = seal(settings, FLASH, [*content, link, flash.undo])
        set_cookie(response, settings, FLASH, sealed, seconds=_FLASH_SECONDS)
    return response


def is_htmx(request: Request) -> bool:
    """Whether a script asks, and will put the answer into the page itself."""
    return request.headers.get("hx-request") == "true"


def safe_local(url: str) -> str:
    """An address of this site, as it may be followed after signing in; « / » for anything else."""
    is_path = url.startswith("/") and not url.startswith("//")
    is_plain = url.isascii() and url.isprintable() and not any(char in url for char in "\\ ")
    return url if is_path and is_plain else "/"


def _public_chrome(request: Request, house: House, door: str, flashes: tuple[Flash, ...]) -> Chrome:
    return Chrome(
        csrf_token=door_token(house.settings, door),
        now=house.clock(),
        theme=_theme(request),
        flashes=flashes,
    )


def _chrome(request: Request, visit: Visit, present: str, flashes: tuple[Flash, ...]) -> Chrome:
    identity = visit.identity
    return Chrome(
        csrf_token=visit.csrf,
        now=visit.now,
        present=present,
        theme=_theme(request),
        flashes=flashes,
        utilisateur=Utilisateur(
            nom=identity.nom,
            email=visit.email,
            role=ROLES.get(identity.role, identity.role),
            read_only=not identity.may_write,
        ),
        organisme=OrganismeChrome(
            nom=visit.organisme_nom,
            logo_url=visit.logo_url,
            demonstration=visit.demonstration,
            others=visit.others,
        ),
        nav=main_navigation(settings=identity.may_oversee),
        home_url="/aujourdhui",
        new_url="/dossiers/nouveau" if identity.may_write else None,
    )


def _theme(request: Request) -> Theme:
    asked: Any = request.cookies.get(THEME, "")
    return asked if asked in get_args(Theme) else "auto"


def _read_flash(house: House, sealed: str) -> tuple[Flash, ...]:
    content = unseal(house.settings, FLASH, sealed, seconds=_FLASH_SECONDS)
    if content is None:
        return ()
    text, tone, remedy, link, undo = content
    named = Link(label=link[0], url=link[1]) if link else None
    return (Flash(text=text, tone=tone, remedy=remedy, link=named, undo=undo),)
