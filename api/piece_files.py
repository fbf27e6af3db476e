"""The files of pièces: within which limits they come in, and how they are given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from api.house import House
from api.settings import Settings
from grants.dossiers.pieces.content import MEGABYTE, Limits
from grants.dossiers.pieces.kinds import KINDS
from grants.dossiers.pieces.storage import Storage
from workflow.errors import NotFound

# A file is never a page of ours: it runs nothing, and asks for nothing.
_INERT = "default-src 'none'; frame-ancestors 'self'"


def limits_of(settings: Settings) -> Limits:
    """What one file may be at most."""
    return Limits(
        settings.file_megabytes * MEGABYTE,
        settings.file_pages,
        settings.image_megapixels * 1_000_000,
    )


def served(house: House, file: Mapping[str, Any], *, inline: bool) -> FileResponse:
    """The file of a row. Raises NotFound where it cannot be shown, FileGone."""
    kind = KINDS[file["type"]]
    if inline and not kind.shown:
        raise NotFound
    path = Storage(house.settings.files_folder).path(file["stockage"])
    headers = _headers(file["nom"], inline=inline, framed=inline and not kind.is_image)
    return FileResponse(path, media_type=kind.media, headers=headers)


def given_document(content: bytes, kind: str, name: str) -> Response:
    """A document that is kept in the database, to be kept on one's own computer."""
    known = KINDS[kind]
    headers = _headers(f"{name}.{known.extension}", inline=False, framed=False)
    return Response(content, media_type=known.media, headers=headers)


def _headers(name: str, *, inline: bool, framed: bool) -> Mapping[str, str]:
    """RFC 6266: the name in ASCII for old browsers, whole for the others."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    way = "inline" if inline else "attachment"
    return {
        "Content-Disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        # A browser's own reader of PDFs does not start inside a sandbox.
        "Content-Security-Policy": _INERT if framed else f"{_INERT}; sandbox",
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "private, no-cache",
        # Compressed already, most of them; and ranges are of the file itself.
        "Content-Encoding": "identity",
    }
