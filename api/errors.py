"""Every error, translated once: a domain error, a bad address, a fault of ours, into a page."""

from __future__ import annotations

import traceback
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.answering import is_htmx, page, redirect, safe_local
from api.form_reading import FormExpired, FormUnreadable
from api.house import house_of
from api.migrate import ForeignDatabase, NewerDatabase, OlderDatabase, require_current
from api.security import HEADERS
from api.settings import ROOT
from api.views.chrome import Flash, Link
from api.views.erreur import ErreurPage, erreur
from api.visit import NotInvited, NotSignedIn, Visit, find_visit
from grants.dossiers.pieces.storage import DiskFull, FileGone
from grants.organisation.accounts import is_empty
from grants.organisation.attempts import TooManyAttempts
from grants.organisation.identity import DirectionOnly, ReadOnly
from workflow.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseGone,
    DatabaseLost,
    DatabaseReadOnly,
    DomainError,
    Invalid,
    NotFound,
    Refused,
    Stale,
    TooBig,
)

TEMPLATE = "pages/erreur/erreur.html"
#: The status of each error; one that is not named has its parent's.
STATUSES: dict[type[DomainError], int] = {
    DomainError: 409,
    NotFound: 404,
    Refused: 409,
    Stale: 409,
    Invalid: 422,
    ReadOnly: 403,
    DirectionOnly: 403,
    FormExpired: 403,
    TooBig: 413,
    FormUnreadable: 422,
    TooManyAttempts: 429,
    DatabaseBusy: 503,
    DatabaseFull: 503,
    DatabaseGone: 503,
    DatabaseReadOnly: 503,
    DiskFull: 503,
    FileGone: 503,
    OlderDatabase: 503,
    NewerDatabase: 503,
    ForeignDatabase: 503,
}
_SIGN_IN = "/connexion"
_ENTRY = "/acces"
_START = "/demarrage"
_BROKEN_FROM = 500

log = structlog.get_logger("microprojets")


def status_of(error: DomainError) -> int:
    """The HTTP status that says the same thing."""
    return next(status for kind in type(error).__mro__ if (status := STATUSES.get(kind)))


def on_domain_error(request: Request, error: Exception) -> Response:
    """A refusal, told with all its reasons."""
    assert isinstance(error, DomainError)
    status = status_of(error)
    if status >= _BROKEN_FROM:
        log.warning("base", erreur=error.code, numero=request.state.number)
    response = _answer(request, status, _told(error, status))
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def on_not_signed_in(request: Request, _error: Exception) -> Response:
    """To the sign-in page and back again; to the first page while there is no organisme."""
    with house_of(request).database.reading() as session:
        nobody_yet = is_empty(session.connection())
    url = _START if nobody_yet else _sign_in_url(request)
    if is_htmx(request):
        return Response(headers={"HX-Redirect": url})
    return redirect(request, url)


def on_not_invited(request: Request, error: Exception) -> Response:
    """To where it is said how members come in, and why this one does not, or not any more."""
    said = Flash(text=str(error), tone="info")
    response = redirect(request, _ENTRY, said)
    if is_htmx(request):
        response.headers["HX-Redirect"] = _ENTRY
        del response.headers["location"]
        response.status_code = HTTPStatus.OK
    return response


def on_bad_request(request: Request, error: Exception) -> Response:
    """An id that no row can have is a page that does not exist; anything else, a bad value."""
    assert isinstance(error, RequestValidationError)
    in_path = any(fault["loc"][0] == "path" for fault in error.errors())
    status = HTTPStatus.NOT_FOUND if in_path else HTTPStatus.UNPROCESSABLE_ENTITY
    return _answer(request, status, erreur(status))


def on_http_error(request: Request, error: Exception) -> Response:
    """An address or a method that nothing answers to."""
    assert isinstance(error, HTTPException)
    view = erreur(error.status_code)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        what = "Cette adresse existe, mais ne se demande pas de cette façon."
        view = replace(erreur(404), status=405, title="Demande impossible", what=what)
    response = _answer(request, error.status_code, view)
    response.headers.update(error.headers or {})
    return response


def on_database_fault(request: Request, error: Exception) -> Response:
    """A query that failed: over another schema than the code's, say so; else a fault of ours."""
    reason = true_fault(request)
    return on_fault(request, error) if reason is None else on_domain_error(request, reason)


def true_fault(request: Request) -> DomainError | None:
    """What is wrong with the database, if it is not of this program's age, or not there."""
    try:
        with house_of(request).database.reading() as session:
            require_current(session.connection())
    except DomainError as reason:
        return reason
    return None


def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: a page with a reference; where it happened goes to the log.

    Only types and places are logged: an error's message may hold what somebody typed.
    """
    number = fault_told(request, error)
    response = _answer(request, 500, erreur(500, reference=number))
    response.headers.update({**HEADERS, "X-Request-Id": number})
    return response


def fault_told(request: Request, error: Exception) -> str:
    """Write where it happened to the log; the reference under which it is found there."""
    number = getattr(request.state, "number", "")
    log.error("incident", numero=number, erreur=_kinds(error), lieux=_places(error))
    return number


# Starlette takes plain functions and runs them in a thread; FastAPI's annotation forgets them.
HANDLERS: dict[Any, Any] = {
    NotSignedIn: on_not_signed_in,
    NotInvited: on_not_invited,
    DomainError: on_domain_error,
    RequestValidationError: on_bad_request,
    HTTPException: on_http_error,
    DBAPIError: on_database_fault,
    Exception: on_fault,
}


_TITLES: dict[type[DomainError], str] = {
    Refused: "Ce n’est pas encore possible",
    FormExpired: "Le formulaire n’est plus valable",
    DatabaseFull: "Le disque est plein",
    DiskFull: "Le disque est plein",
    FileGone: "Ce fichier manque",
    DatabaseGone: "La base de données ne répond pas",
    DatabaseLost: "La base de données s’est arrêtée en chemin",
    DatabaseDamaged: "La base de données est abîmée",
    DatabaseReadOnly: "La base de données est en lecture seule",
    OlderDatabase: "La base de données est à mettre à jour",
    NewerDatabase: "Le programme est à mettre à jour",
    ForeignDatabase: "Cette base n’est pas celle du programme",
}
_TELL = ("Prévenez la personne qui gère le serveur : attendre ne suffira pas.",)
_REMEDIES: dict[type[DomainError], tuple[str, ...]] = {
    FormExpired: (
        "Revenez en arrière et copiez ce que vous aviez écrit.",
        "Rechargez la page, puis envoyez de nouveau.",
    ),
    FormUnreadable: ("Rechargez la page, puis recommencez.",),
    DatabaseFull: _TELL,
    DiskFull: _TELL,
    FileGone: _TELL,
    DatabaseDamaged: _TELL,
    DatabaseReadOnly: _TELL,
    DatabaseLost: (
        "Attendez un instant, puis revenez à la page et rechargez-la.",
        "Si ce que vous aviez fait n’y est pas, recommencez.",
    ),
    TooManyAttempts: (),
}


def _told(error: DomainError, status: int) -> ErreurPage:
    view = erreur(status, what=str(error))
    kind = type(error)
    if isinstance(error, DatabaseLost):
        view = replace(view, kept="")
    if status == HTTPStatus.CONFLICT and not isinstance(error, Stale):
        view = replace(view, title="L’opération n’a pas pu être faite", kept="", todo=())
    return replace(
        view,
        title=_TITLES.get(kind, view.title),
        todo=_reasons(error) or _REMEDIES.get(kind, view.todo),
    )


def _reasons(error: DomainError) -> tuple[str, ...]:
    """Every reason, where the error has several."""
    if isinstance(error, Refused):
        return tuple(refusal.message for refusal in error.refusals)
    if isinstance(error, Invalid):
        return tuple(error.faults.values())
    return ()


def _answer(request: Request, status: int, view: ErreurPage) -> Response:
    visit = _visit_of(request, status)
    if visit is None and status < _BROKEN_FROM:
        view = replace(view, action=Link(label="Se connecter", url=_SIGN_IN))
    return page(request, visit, TEMPLATE, view, present="", status=status)


def _visit_of(request: Request, status: int) -> Visit | None:
    """Whose frame to draw around the error, when the database is well enough to tell."""
    visit = getattr(request.state, "visit", None)
    if visit is None and status < _BROKEN_FROM:
        try:
            return find_visit(request)
        except (DatabaseBusy, DatabaseGone):
            return None
    return visit


def _sign_in_url(request: Request) -> str:
    asked = _asked(request)
    back = safe_local(asked)
    known = back in ("/", "") or back.startswith((_SIGN_IN, "/deconnexion"))
    return _SIGN_IN if known else f"{_SIGN_IN}?suite={quote(back, safe='')}"


def _asked(request: Request) -> str:
    """The page to come back to: the one asked for, or the one that held the form."""
    here = request.headers.get("hx-current-url") if is_htmx(request) else None
    if request.method != "GET" and here is None:
        here = request.headers.get("referer", "")
    if here is None:
        return f"{quote(request.url.path)}?{request.url.query}".rstrip("?")
    try:
        parts = urlsplit(here)
    except ValueError:
        return "/"
    return f"{parts.path}?{parts.query}".rstrip("?")


def _kinds(error: BaseException) -> list[str]:
    """The error's type, then those of what caused it."""
    cause = error.__cause__ or error.__context__
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [kind, *(_kinds(cause) if cause else ())]


def _places(error: Exception) -> list[str]:
    """Where in our own code, from the outside in."""
    frames = [
        (Path(frame.filename), f"{frame.lineno} {frame.name}")
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    ours = [(path, place) for path, place in frames if _is_ours(path)]
    return [f"{path.relative_to(ROOT)}:{place}" for path, place in ours]


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and "site-packages" not in path.parts
