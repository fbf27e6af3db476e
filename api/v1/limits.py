"""How often a token may ask: a bucket that fills again by itself.

In memory, one for each process: a table would make every request a writer, and SQLite has only
one. Several processes together then allow as many times more, which is no harm: the limit keeps
one program from starving the others, it does not count.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import datetime
from threading import Lock

from api.v1.errors import TooManyRequests

_MOST_BUCKETS = 10_000
_MINUTE = 60


class Limits:
    """The buckets, by token; the one unused for longest is forgotten first."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / _MINUTE
        self._buckets: OrderedDict[int, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, token: int, now: datetime) -> None:
        """Count one request. Raises TooManyRequests."""
        with self._lock:
            left, since = self._buckets.pop(token, (self._size, now))
            passed = max(0.0, (now - since).total_seconds())
            left = min(self._size, left + passed * self._rate)
            enough = left >= 1
            self._buckets[token] = (left - 1 if enough else left, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        if not enough:
            raise TooManyRequests(math.ceil((1 - left) / self._rate))
