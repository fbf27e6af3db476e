"""What a program sends, read strictly: its body, its headers, its address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from api.v1.contract import Operation
from api.v1.errors import BadKey, BadVersion, NotJson, OtherMediaType, VersionOwed
from workflow.database import LARGEST_ID
from workflow.errors import Invalid, NotFound
from workflow.field_contract import Raw

LONGEST_NAME = 100
_ID = re.compile("[1-9][0-9]{0,18}")
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')
KEY_PATTERN = "[A-Za-z0-9_-]{8,64}"
_KEY = re.compile(KEY_PATTERN)
_JSON = "application/json"
_BROKEN = re.compile("[\ud800-\udfff]")
_NOT_ASKED = "Cette opération ne prend pas ce paramètre."


def read_object(body: bytes, headers: Mapping[str, str]) -> dict[str, Raw]:
    """The answers by name; none without a body. Raises NotJson, OtherMediaType, Invalid."""
    if not body:
        return {}
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise OtherMediaType(expected=_JSON)
    try:
        found = json.loads(
            body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_without_twins
        )
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    if not isinstance(found, dict):
        raise NotJson
    if any(_BROKEN.search(name) or not name or len(name) > LONGEST_NAME for name in found):
        raise NotJson
    return sound(found)


def sound(found: Mapping[str, Any]) -> dict[str, Raw]:
    """Answers that are texts, and whole. Raises Invalid."""
    faults = {name: fault for name, value in found.items() if (fault := _value_fault(value))}
    if faults:
        raise Invalid(faults)
    return dict(found)


def read_ids(path: Mapping[str, Any]) -> dict[str, str]:
    """The values of an address. Raises NotFound for an id that no row can have."""
    for name, value in path.items():
        if name.endswith("_id") and not (_ID.fullmatch(value) and int(value) <= LARGEST_ID):
            raise NotFound
        if _BROKEN.search(value):
            raise NotFound
    return dict(path)


def read_query(request: Request, operation: Operation) -> dict[str, str]:
    """The parameters of an address. Raises Invalid for those not known, or given twice."""
    faults: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in operation.query:
            faults[name] = _NOT_ASKED
        elif name in found:
            faults[name] = "Donnez ce paramètre une seule fois."
        elif _BROKEN.search(value):
            faults[name] = "Ce texte contient un caractère abîmé."
        found[name] = value
    if faults:
        raise Invalid(faults)
    return {name: value for name, value in found.items() if value}


def read_version(request: Request, operation: Operation) -> int | None:
    """The version that If-Match names; None for « * ». Raises VersionOwed, BadVersion."""
    given = request.headers.get("if-match")
    if given is None:
        if operation.versioned:
            raise VersionOwed
        return None
    if given.strip() == "*":
        return None
    match = _ETAG.fullmatch(given.strip())
    if match is None:
        raise BadVersion
    return int(match[1])


def read_key(request: Request) -> str | None:
    """The idempotency key. Raises BadKey."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise BadKey
    return key


def _refuse(_constant: str) -> Any:
    raise ValueError("NaN and the infinities are not JSON")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name that comes twice says two things")
    return found


def _value_fault(value: Any) -> str:
    texts = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(text, str) for text in texts):
        return "Donnez la réponse sous forme de texte."
    if any(_BROKEN.search(text) for text in texts):
        return "Ce texte contient un caractère abîmé."
    return ""
