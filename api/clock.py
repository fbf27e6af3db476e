"""What the clock is given to do, and how often."""

from __future__ import annotations

from datetime import timedelta

from grants.dossiers.brouillons.presence import forget_absent
from grants.dossiers.brouillons.service import drop_old_drafts
from grants.dossiers.counters import fold
from grants.dossiers.pieces.deposit import sweep_files
from grants.dossiers.pieces.storage import Storage
from grants.organisation.jetons import forget_old_answers
from grants.relances.service import follow_time, settle_all, sweep
from grants.reprise.progress import sweep as sweep_reprises
from notifications.scheduler import Clock, Tick
from notifications.webhook_transport import Poster
from notifications.webhooks import deliver
from workflow.database import Database
from workflow.engine import Engine

_OFTEN = timedelta(seconds=10)
_DUE = timedelta(minutes=1)
_HOURLY = timedelta(hours=1)
_NIGHTLY = timedelta(hours=24)


def build_clock(
    database: Database, engine: Engine, files: Storage, *, local_webhooks: bool = False
) -> Clock:
    """The clock of a server: what is due every minute, what time made ready every hour.

    What was left behind is taken up once a day.
    """
    post = Poster(local=local_webhooks)
    return Clock(
        (
            Tick("annonces", _OFTEN, lambda now: deliver(database, now, post)),
            Tick("reponses", _HOURLY, lambda now: forget_old_answers(database, now)),
            Tick("echeances", _DUE, lambda now: sweep(database, engine, now)),
            Tick("dossiers_prets", _HOURLY, lambda now: follow_time(database, engine, now)),
            Tick("reprises", _DUE, lambda now: sweep_reprises(database, now)),
            Tick("compteurs", _DUE, lambda _now: fold(database)),
            Tick("actions_automatiques", _NIGHTLY, lambda now: settle_all(database, engine, now)),
            Tick("fichiers_sans_trace", _NIGHTLY, lambda _now: sweep_files(database, files)),
            Tick("brouillons", _NIGHTLY, lambda now: drop_old_drafts(database, now)),
            Tick("presences", _NIGHTLY, lambda now: forget_absent(database, now)),
        )
    )
