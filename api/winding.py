"""The clock of a server is wound a moment after the doors open.

It loads a scheduler, then looks at once at all that is due: whoever asks for the first page
after a start would wait for both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.settings import Settings
    from notifications.scheduler import Clock
    from workflow.database import Database
    from workflow.engine import Engine

_AFTER_SECONDS = 2.0


class Winding:
    """Makes a clock and starts it, later; stopped before that, it never does."""

    def __init__(self, make: Callable[[], Clock], after: float = _AFTER_SECONDS) -> None:
        self._make = make
        self._clock: Clock | None = None
        self._stopped = False
        self._turn = threading.Lock()
        self._timer = threading.Timer(after, self._wind)
        self._timer.daemon = True

    def start(self) -> None:
        """Begin to wait."""
        self._timer.start()

    def stop(self) -> None:
        """End; what the clock does at this moment is waited for."""
        self._timer.cancel()
        with self._turn:
            self._stopped = True
        if self._clock is not None:
            self._clock.stop()

    def _wind(self) -> None:
        with self._turn:
            if not self._stopped:
                self._clock = self._make()
                self._clock.start()


def clock_of(settings: Settings, database: Database, engine: Engine) -> Clock:
    """The clock of an installation, loaded when it is needed."""
    from api.clock import build_clock
    from api.mailing import LetterTick
    from grants.dossiers.pieces.storage import Storage

    files, letters = Storage(settings.files_folder), LetterTick(settings, database, engine)
    return build_clock(
        database,
        engine,
        files,
        letters,
        local_webhooks=settings.local_webhooks,
        links_kept=timedelta(days=settings.link_days),
    )
