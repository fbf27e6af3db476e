"""Where a request comes from, and whether it can only be from this very machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from api.house import house_of
from api.settings import is_loopback

# What a server in front of ours adds: behind one, everybody seems to come from this machine.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def client_address(request: Request) -> str:
    """The address of whoever asks; `MICROPROJETS_MANDATAIRES` makes it right behind a proxy."""
    return request.client.host if request.client else ""


def is_at_the_machine(request: Request) -> bool:
    """Whether the person asking sits at the machine that runs the application."""
    if not house_of(request).settings.is_local:
        return False
    if any(name in request.headers for name in _FORWARDED):
        return False
    # A page from elsewhere may give its own name this machine's address: the name tells.
    return is_loopback(_host_name(request.headers.get("host", "")))


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
