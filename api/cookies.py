"""The cookies of the application, and the seals that prove they are ours."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.settings import Settings

SESSION = "session"
DOOR = "porte"
FLASH = "message"
START = "demarrage"
#: Written by the page's own script, so it keeps its plain name.
THEME = "theme"


def cookie_name(settings: Settings, name: str) -> str:
    """The full name; by https, the prefix forbids other sites of the domain to set it."""
    return f"{'__Host-' if settings.secure else ''}microprojets_{name}"


def read_cookie(request: HTTPConnection, settings: Settings, name: str) -> str:
    """What the browser holds under that name, empty when nothing."""
    return request.cookies.get(cookie_name(settings, name), "")


def set_cookie(
    response: Response, settings: Settings, name: str, value: str, *, seconds: int | None = None
) -> None:
    """Give the browser a cookie that no script can read and that no other site sends."""
    response.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, settings: Settings, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie_name(settings, name),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def seal(settings: Settings, purpose: str, content: Any) -> str:
    """Content that the browser may keep but not change; good for its purpose only."""
    return _serializer(settings, purpose).dumps(content)


def unseal(settings: Settings, purpose: str, sealed: str, *, seconds: int) -> Any:
    """The content that was sealed; None when it was not, or too long ago."""
    try:
        return _serializer(settings, purpose).loads(sealed, max_age=seconds)
    except BadSignature:
        return None


def _serializer(settings: Settings, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_bytes, salt=purpose, serializer=json)


def new_door() -> str:
    """A name for a browser that is not signed in: its forms are tied to it."""
    return secrets.token_urlsafe(24)


def door_token(settings: Settings, door: str) -> str:
    """What the forms of that browser carry; nobody without the secret can compute it."""
    return derived(settings, "porte", door)


def derived(settings: Settings, purpose: str, content: str) -> str:
    """A value that follows from the secret, different for each purpose."""
    message = f"{purpose}:{content}".encode("utf-8", "surrogatepass")
    return hmac.new(settings.secret_bytes, message, hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing about them."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
