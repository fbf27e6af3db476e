"""Static files: an address that carries a digest may be kept for a year."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.rendering import STATIC

_FOREVER = "public, max-age=31536000, immutable"


class CachedStaticFiles(StaticFiles):
    """The files of `api/static/`, kept by browsers only under an address that names a version."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; without a version in its address, it is asked for again each time."""
        response = await super().get_response(path, scope)
        versioned = b"v" in parse_qs(scope["query_string"])
        response.headers["Cache-Control"] = _FOREVER if versioned else "no-cache"
        return response
