"""How the clock and the letters are: the last beat, what waits and since when, what failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from notifications.courrier_table import Courrier
from notifications.heartbeat import Beat, beats
from notifications.outbox import COURRIEL, ECHEC, PRET
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.echeances import PREVUE

#: How far back failures are counted.
LATELY = timedelta(days=7)
_C, _E = table_of(Courrier), table_of(Echeance)
# Written out, not bound: the indexes are partial on them.
_WAITING = text(f"courrier.state = '{PRET}' AND courrier.channel = '{COURRIEL}'")
_TO_COME = text(f"echeance.state = '{PREVUE}'")


@dataclass(frozen=True, slots=True)
class Health:
    """`letters_due` wait for their turn, the oldest since `letter_since`; `failed` lately.

    `echeance_since`: since when the oldest échéance that is due waits for the clock.
    """

    beats: Mapping[str, Beat]
    letters_due: int
    letter_since: datetime | None
    failed: int
    echeance_since: datetime | None

    def late(self, every: Mapping[str, timedelta], now: datetime) -> tuple[str, ...]:
        """The ticks that should have run since their last beat, or that never did."""
        return tuple(
            name
            for name, interval in every.items()
            if name not in self.beats or self.beats[name].is_late(interval, now)
        )

    @property
    def faults(self) -> Mapping[str, str]:
        """What is wrong with each tick whose last run broke."""
        return {name: beat.fault for name, beat in self.beats.items() if beat.fault}


def health_of(connection: Connection, tenants: Collection[int], now: datetime) -> Health:
    """How things are, in four questions that an index answers. `tenants`: whose failures."""
    waiting = select(func.count(), func.min(_C.c.due_at)).where(_WAITING, _C.c.due_at <= now)
    letters_due, letter_since = connection.execute(waiting).one()
    failed = select(func.count()).where(
        _C.c.tenant_id.in_(sorted(tenants)), _C.c.state == ECHEC, _C.c.created_at >= now - LATELY
    )
    oldest = select(_E.c.due_at).where(_TO_COME, _E.c.due_at <= now).order_by(_E.c.due_at)
    return Health(
        beats=beats(connection),
        letters_due=letters_due,
        letter_since=letter_since,
        failed=connection.execute(failed).scalar_one(),
        echeance_since=connection.execute(oldest.limit(1)).scalar_one_or_none(),
    )
