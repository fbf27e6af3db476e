"""Pages by key: a cursor is sealed with the list that it was made for, and serves no other."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from api.v1.contract import Call
from api.v1.errors import OtherCursor
from workflow.errors import Invalid

CURSOR, SIZE = "repere", "taille"
PAGING: Mapping[str, str] = {
    CURSOR: "D’où reprendre : le « suivant » de la page d’avant, tel quel.",
    SIZE: "Combien par page, de 1 à 200 ; 50 sans rien dire.",
}
_MOST, _USUAL = 200, 50
_SEAL = 16


def page_size(call: Call) -> int:
    """How many are asked for. Raises Invalid."""
    text = call.query.get(SIZE, str(_USUAL))
    if text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST)):
        size = int(text)
        if 1 <= size <= _MOST:
            return size
    raise Invalid({SIZE: f"Écrivez un nombre entier de 1 à {_MOST}."})


def next_url(call: Call, place: list[Any]) -> str:
    """The address of the page that starts after this place."""
    asked = {name: value for name, value in call.query.items() if name != CURSOR}
    return f"{call.address}?{urlencode({**asked, CURSOR: _sealed(call, place)})}"


def place_asked(call: Call) -> list[Any] | None:
    """Where the page starts; None at the beginning. Raises OtherCursor."""
    token = call.query.get(CURSOR)
    if token is None:
        return None
    try:
        sealed = base64.urlsafe_b64decode(token.encode("ascii"))
    except ValueError as error:
        raise OtherCursor from error
    seal, content = sealed[:_SEAL], sealed[_SEAL:]
    if not hmac.compare_digest(seal, _seal(call, content)):
        raise OtherCursor
    return json.loads(content)


def _sealed(call: Call, place: list[Any]) -> str:
    content = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(call, content) + content).decode("ascii")


def _seal(call: Call, content: bytes) -> bytes:
    """Of the organisme, the address, its filters and its order: everything but the page."""
    asked = sorted((k, v) for k, v in call.query.items() if k not in (CURSOR, SIZE))
    about = json.dumps([call.organisme_id, call.address, asked]).encode()
    key = call.house.settings.secret_bytes
    return hmac.new(key, b"repere\0" + about + b"\0" + content, hashlib.sha256).digest()[:_SEAL]
