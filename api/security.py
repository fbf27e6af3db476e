"""What surrounds every request: its number, the headers of its answer, one line in the log."""

from __future__ import annotations

import secrets
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.v1.routes import is_of_the_api

# No inline script or style, nothing from elsewhere, in nobody's frame.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-src 'self'",  # an e-mail or a pièce is drawn in a frame of its own
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HTTPS_ONLY = "max-age=31536000"
_STATIC = "/static"
_UNREADABLE = "Adresse illisible."

log = structlog.get_logger("microprojets")


class Frame:
    """Gives each request a number, and each answer its headers; HEAD is a GET without a body."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": _HTTPS_ONLY} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request through the application inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(6)
        scope.setdefault("state", {})["number"] = number
        answer = _Answer(send, {**self._headers, "X-Request-Id": number})
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        started = time.perf_counter()
        try:
            if _is_broken(scope):
                await _broken(inner)(inner, receive, answer.send)
            else:
                await self._app(inner, receive, answer.send)
        finally:
            _tell(inner, answer.status, time.perf_counter() - started)


class _Answer:
    """Passes an answer on, with more headers, and remembers its status."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.status = 500

    async def send(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _is_broken(scope: Scope) -> bool:
    """Whether the address holds a NUL, which no database takes."""
    return "\x00" in scope["path"] or b"%00" in scope["query_string"]


def _broken(scope: Scope) -> Response:
    """Nothing is there; told to a program as everything is."""
    if not is_of_the_api(scope["path"]):
        return PlainTextResponse(_UNREADABLE, 404)
    from api.v1.problems import problem

    return problem(Request(scope), 404, "introuvable", _UNREADABLE)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    """One line: the page's pattern, never the address itself, which may name somebody."""
    if scope["path"].startswith(_STATIC):
        return
    route = scope.get("route")
    log.info(
        "requete",
        methode=scope["method"],
        page=getattr(route, "path", "inconnue"),
        statut=status,
        ms=round(seconds * 1000, 1),
        numero=scope["state"]["number"],
    )
