"""An e-mail drawn in a frame of a page: nothing in it runs, nothing is fetched."""

from __future__ import annotations

from starlette.responses import Response

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "private, no-store",
}


def drawn(html: str, status: int = 200) -> Response:
    """The e-mail as an answer of its own, whose styles are its own."""
    return Response(
        html, status_code=status, media_type="text/html; charset=utf-8", headers=_HEADERS
    )
