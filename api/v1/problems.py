"""Every error of the API as a problem (RFC 9457): its code, its sentence, all its reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.errors import STATUSES, fault_told, status_of, true_fault
from api.security import HEADERS
from api.v1.errors import (
    BadKey,
    BadVersion,
    BrokenForm,
    FilesRefused,
    NotJson,
    NoToken,
    OtherCursor,
    OtherMediaType,
    ScopeMissing,
    StructureAlike,
    TooManyRequests,
    VersionOwed,
)
from grants.organisation.attempts import TooManyAttempts
from grants.organisation.jetons import TokenRefused
from grants.relances.by_hand import ReminderChanged
from grants.relances.modeles import ModelChanged
from workflow.errors import DomainError, Invalid, Refused, Stale

PROBLEM = "application/problem+json"
_OWN: dict[type[DomainError], int] = {
    NoToken: 401,
    TokenRefused: 401,
    ScopeMissing: 403,
    NotJson: 400,
    BrokenForm: 400,
    OtherMediaType: 415,
    VersionOwed: 428,
    BadVersion: 422,
    BadKey: 422,
    OtherCursor: 422,
    TooManyRequests: 429,
    Stale: 412,
    ModelChanged: 412,
    ReminderChanged: 412,
}
_TITLES = {
    400: "Demande illisible",
    401: "Jeton refusé",
    403: "Interdit",
    404: "Introuvable",
    405: "Demande impossible",
    409: "Ce n’est pas possible",
    412: "Modifié entre-temps",
    413: "Envoi trop gros",
    415: "Type de contenu refusé",
    422: "Réponses à corriger",
    428: "Version attendue",
    429: "Trop de demandes",
    500: "Incident",
    503: "Indisponible",
}
_CODES = {404: "introuvable", 405: "methode_refusee", 500: "incident"}
_SENTENCES = {
    404: "Cette adresse n’existe pas.",
    405: "Cette adresse existe, mais ne se demande pas de cette façon.",
    500: "Un incident s’est produit chez nous : donnez sa référence à qui gère le serveur.",
}


def code_status(error: DomainError) -> int:
    """The status of an error in the API: a version that is old is a precondition that failed."""
    own = next((status for kind in type(error).__mro__ if (status := _OWN.get(kind))), None)
    return own or status_of(error)


def on_domain_error(request: Request, error: Exception) -> Response:
    """A refusal, with every reason and every field."""
    assert isinstance(error, DomainError)
    status = code_status(error)
    headers: dict[str, str] = {}
    if isinstance(error, (TooManyRequests, TooManyAttempts)):
        headers["Retry-After"] = str(error.seconds)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(request, status, error.code, str(error), _more(error), headers)


def on_http_error(request: Request, error: Exception) -> Response:
    """An address or a method that nothing answers to."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    return problem(
        request,
        status,
        _CODES.get(status, "erreur"),
        _SENTENCES.get(status, _TITLES.get(status, "Erreur")),
        {},
        dict(error.headers or {}),
    )


def on_database_fault(request: Request, error: Exception) -> Response:
    """A query that failed: over another schema than the code's, say so; else a fault of ours."""
    reason = true_fault(request)
    return on_fault(request, error) if reason is None else on_domain_error(request, reason)


def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: its reference, and nothing of what caused it."""
    number = fault_told(request, error)
    return problem(
        request,
        500,
        "incident",
        _SENTENCES[500],
        {"reference": number},
        {**HEADERS, "X-Request-Id": number},
    )


def problem(
    request: Request,
    status: int,
    code: str,
    sentence: str,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem, as every error of the API is told."""
    content = {
        "type": f"/api/v1#{code}",
        "title": _TITLES.get(status, "Erreur"),
        "status": status,
        "detail": sentence,
        "code": code,
        "instance": request.url.path.encode("utf-8", "replace").decode(),
        **(more or {}),
    }
    return Response(
        json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "replace"),
        status_code=status,
        media_type=PROBLEM,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def _more(error: DomainError) -> dict[str, Any]:
    if isinstance(error, Refused):
        return {
            "raisons": [
                {"code": each.code, "message": each.message, "champ": each.field}
                for each in error.refusals
            ]
        }
    if isinstance(error, FilesRefused):
        return {"champs": error.faults, "fichiers": error.refused}
    if isinstance(error, Invalid):
        return {"champs": error.faults}
    if isinstance(error, StructureAlike):
        return {"structures": error.alike}
    return {}


HANDLERS: dict[Any, Any] = {
    DomainError: on_domain_error,
    RequestValidationError: on_http_error,
    HTTPException: on_http_error,
    DBAPIError: on_database_fault,
    Exception: on_fault,
}
#: Every status that a problem may have, for the description.
KNOWN = frozenset({*STATUSES.values(), *_OWN.values(), 405, 500})
