"""How what is owed to one person reaches them: one e-mail, letters on paper, or a tâche."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from grants.dossiers.letters import recipient_of
from grants.relances.judging import Judged, Owed
from notifications.letters import Letter
from notifications.outbox import COURRIEL, PAPIER, Recipient
from workflow.calendar import usual_moment
from workflow.dates import from_paris


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a person may be written to by e-mail: at all, and the last day already taken."""

    writable: bool = True
    taken: date | None = None


@dataclass(slots=True)
class Shared:
    """What becomes of the reminders of one person.

    `mailed` makes one e-mail, `printed` one letter each, `called` one tâche each; `later` is due
    at another moment, `dead` and `dropped` are over (see `Judged`).
    """

    recipient: Recipient | None = None
    mailed: list[Owed] = field(default_factory=list)
    printed: list[Owed] = field(default_factory=list)
    called: list[Owed] = field(default_factory=list)
    later: list[tuple[int, datetime]] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    dropped: list[tuple[Owed, str]] = field(default_factory=list)


def share(judged: Judged, letters: Mapping[str, Letter], reach: Reach) -> Shared:
    """Give each reminder its way. What would be an e-mail on a day already taken waits."""
    shared = Shared(dead=judged.dead, dropped=judged.dropped)
    for each in judged.owed:
        recipient = shared.recipient = recipient_of(each.subject)
        channels = letters[each.rule.letter or ""].channels
        if COURRIEL in channels and recipient.email and reach.writable:
            shared.mailed.append(each)
        elif PAPIER in channels:
            shared.printed.append(each)
        else:
            shared.called.append(each)
    if reach.taken is not None:
        shared.later = [(each.echeance["id"], _after(reach.taken, each)) for each in shared.mailed]
        shared.mailed = []
    return shared


def _after(day: date, each: Owed) -> datetime:
    """The next day when reminders leave: it merges with what is due then."""
    midnight = from_paris(datetime.combine(day + timedelta(days=1), time.min))
    return usual_moment(midnight, each.subject.row["territoire"])
