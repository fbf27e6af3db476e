"""What the clock is given to do; how often is in `ticks.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from api.ticks import EVERY
from grants.comites.liens import forget_links
from grants.comites.papiers.attente import print_waiting
from grants.dossiers.brouillons.presence import forget_absent
from grants.dossiers.brouillons.service import drop_old_drafts
from grants.dossiers.counters import fold
from grants.dossiers.pieces.deposit import sweep_files
from grants.dossiers.pieces.storage import Storage
from grants.organisation.jetons import forget_old_answers
from grants.rapport.folding import fold_moves
from grants.relances.service import follow_time, settle_all, sweep
from grants.relances.taking_back import take_back
from grants.reprise.progress import sweep as sweep_reprises
from notifications.heartbeat import Heart
from notifications.scheduler import Clock, Tick
from notifications.webhook_transport import Poster
from notifications.webhooks import deliver
from workflow.database import Database
from workflow.engine import Engine

#: What waits for other machines: each in a thread of its own, so that it holds nothing else up.
_OUTWARD = frozenset({"courriers", "annonces"})


def build_clock(
    database: Database,
    engine: Engine,
    files: Storage,
    letters: Callable[[datetime], object],
    *,
    local_webhooks: bool = False,
    links_kept: timedelta,
) -> Clock:
    """The clock of a server: what is due every minute, what time made ready every hour.

    What was left behind is taken up once a day. `letters` writes and sends those that are due.
    """
    post = Poster(local=local_webhooks)
    work: Mapping[str, Callable[[datetime], object]] = {
        "courriers": letters,
        "annonces": lambda now: deliver(database, now, post),
        "proces_verbaux": lambda now: print_waiting(database, now),
        "reponses": lambda now: forget_old_answers(database, now),
        "rappels_en_attente": lambda now: take_back(database, engine, now),
        "echeances": lambda now: sweep(database, engine, now),
        "dossiers_prets": lambda now: follow_time(database, engine, now),
        "reprises": lambda now: sweep_reprises(database, now),
        "compteurs": lambda _now: _count(database, engine),
        "actions_automatiques": lambda now: settle_all(database, engine, now),
        "dossiers_prets_partout": lambda now: follow_time(database, engine, now, everywhere=True),
        "fichiers_sans_trace": lambda _now: sweep_files(database, files),
        "brouillons": lambda now: drop_old_drafts(database, now),
        "presences": lambda now: forget_absent(database, now),
        "liens": lambda now: forget_links(database, now, links_kept),
    }
    ticks = [Tick(name, EVERY[name], run, name in _OUTWARD) for name, run in work.items()]
    return Clock(ticks, beat=Heart(database).beat)


def _count(database: Database, engine: Engine) -> None:
    fold(database)
    fold_moves(database, engine)
