"""One text for one content, so that texts and their digests compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# What is encoded is made of plain values, never of itself: nothing to watch for.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


def canonical(content: Mapping[str, Any]) -> str:
    """One JSON text for one content: sorted keys, no spaces, accents kept."""
    return _ENCODER.encode(content)
