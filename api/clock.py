"""What the clock is given to do, and how often."""

from __future__ import annotations

from datetime import timedelta

from grants.dossiers.brouillons.presence import forget_absent
from grants.dossiers.brouillons.service import drop_old_drafts
from grants.dossiers.pieces.deposit import sweep_files
from grants.dossiers.pieces.storage import Storage
from grants.relances.service import follow_time, settle_all, sweep
from grants.reprise.progress import sweep as sweep_reprises
from notifications.scheduler import Clock, Tick
from workflow.database import Database
from workflow.engine import Engine

_DUE = timedelta(minutes=1)
_HOURLY = timedelta(hours=1)
_NIGHTLY = timedelta(hours=24)


def build_clock(database: Database, engine: Engine, files: Storage) -> Clock:
    """The clock of a server: what is due every minute, what time made ready every hour.

    What was left behind is taken up once a day.
    """
    return Clock(
        (
            Tick("echeances", _DUE, lambda now: sweep(database, engine, now)),
            Tick("dossiers_prets", _HOURLY, lambda now: follow_time(database, engine, now)),
            Tick("reprises", _DUE, lambda now: sweep_reprises(database, now)),
            Tick("actions_automatiques", _NIGHTLY, lambda now: settle_all(database, engine, now)),
            Tick("fichiers_sans_trace", _NIGHTLY, lambda _now: sweep_files(database, files)),
            Tick("brouillons", _NIGHTLY, lambda now: drop_old_drafts(database, now)),
            Tick("presences", _NIGHTLY, lambda now: forget_absent(database, now)),
        )
    )
