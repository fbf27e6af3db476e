"""One text for one content, so that texts and their digests compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(content: Mapping[str, Any]) -> str:
    """One JSON text for one content: sorted keys, no spaces, accents kept."""
    return _ENCODER.encode(content)
