"""What will be sent on a dossier, when, to whom and why: seen before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from typing import Any

from sqlalchemy import Connection, select, text

from grants.dossiers.causes import Cause, cause_of, cause_told, gone, is_over, rule_at, rule_of
from grants.dossiers.letters import recipient_of
from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier
from notifications.letters import Letter
from notifications.outbox import COURRIEL, PAPIER
from notifications.reminders import days_taken, suspended_among
from workflow import echeances
from workflow.calendar import next_opening, usual_moment
from workflow.database import table_of
from workflow.dates import from_paris, to_paris
from workflow.echeance_table import Echeance
from workflow.echeances_by_hand import OPEN, version_of
from workflow.engine import Engine
from workflow.pipeline import ENTRY, ReminderRule
from workflow.subject import Subject

TACHE = "tache"
_D, _E = table_of(Dossier), table_of(Echeance)
# Written out, not bound: an index is partial on it.
_TO_COME = text(f"echeance.state = '{echeances.PREVUE}'")


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder of the present stage, to come or not any more.

    `leaves_at` is when it will be sent, as far as one can tell today: not before an opening, not
    on a day that another e-mail takes. `way`: by e-mail, on paper, or a tâche; `along` are the
    references of the other dossiers in the same letter. `why` tells its cause, `against` why it
    would not be sent as things stand. `version` is what a gesture says that it saw. `many`: how
    many by e-mail and how many on paper, where it goes to several.
    """

    id: int
    rule: ReminderRule
    occurrence: int
    due_at: datetime
    state: str
    by_hand: bool
    version: int
    leaves_at: datetime | None
    way: str
    to: str
    address: str | None
    why: str
    since: date | None
    against: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    many: tuple[int, int] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to come, or held."""
        return self.state in OPEN


def foresee(
    connection: Connection, engine: Engine, subject: Subject, now: datetime
) -> list[Coming]:
    """The reminders of the dossier's present stage, in the order of their moments."""
    rows = [
        (row, rule)
        for row in reminders_of_the_stage(connection, subject)
        if (rule := rule_of(engine, subject, row["rule"]))
    ]
    letters: Mapping[str, Letter] = engine.vocabulary.letters
    recipient = recipient_of(subject)
    writable = _is_writable(connection, subject, recipient.email)
    leaving = departures(connection, engine, subject, now)
    causes = {rule.key: cause_of(connection, engine, subject, rule) for _row, rule in rows}
    return [
        Coming(
            id=row["id"],
            rule=rule,
            occurrence=row["occurrence"],
            due_at=row["due_at"],
            state=row["state"],
            by_hand=row["moved_by_hand"],
            version=version_of(row),
            leaves_at=_when(row, rule, leaving, now),
            way=(way := way_of(rule, letters, writable=writable)),
            to=recipient.name if way != TACHE else "",
            address=recipient.email if way == COURRIEL else None,
            why=cause_told(engine, subject, rule),
            since=None if rule.anchor == ENTRY else row["anchored_on"],
            against=against(engine, causes[rule.key], row, now),
            along=leaving[row["id"]].along if row["id"] in leaving else (),
        )
        for row, rule in rows
    ]


def way_of(rule: ReminderRule, letters: Mapping[str, Letter], *, writable: bool) -> str:
    """How a reminder reaches whoever it is for: by e-mail, on paper, or by a tâche."""
    if rule.letter is None:
        return TACHE
    channels = letters[rule.letter].channels
    if COURRIEL in channels and writable:
        return COURRIEL
    return PAPIER if PAPIER in channels else TACHE


def _is_writable(connection: Connection, subject: Subject, email: str | None) -> bool:
    return bool(email) and not suspended_among(connection, {(subject.tenant_id, email or "")})


def reminders_of_the_stage(connection: Connection, subject: Subject) -> list[dict[str, Any]]:
    """The reminders planned since a subject entered its stage, whatever became of them."""
    query = (
        select(*_E.c)
        .where(
            _E.c.subject_kind == subject.kind,
            _E.c.subject_id == subject.id,
            _E.c.kind == echeances.RELANCE,
            _E.c.planned_seq >= subject.entry_seq,
        )
        .order_by(_E.c.due_at, _E.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def against(engine: Engine, cause: Cause, row: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Why a reminder that is to come would not be sent, as things stand."""
    if row["state"] not in OPEN:
        return ()
    if is_over(cause, row, max(now, row["due_at"])):
        return ("La date qu’elle annonce sera passée.",)
    return tuple(refusal.message for refusal in gone(engine, cause, now))


def _when(
    row: Mapping[str, Any], rule: ReminderRule, leaving: Mapping[int, Departure], now: datetime
) -> datetime | None:
    if row["state"] != echeances.PREVUE:
        return None
    if row["id"] in leaving:
        return leaving[row["id"]].at
    return max(row["due_at"], now) if rule.task is not None else row["due_at"]


# --- One e-mail a day ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Departure:
    """When a reminder leaves, and the references of the other dossiers in the same letter."""

    at: datetime
    along: tuple[str, ...] = ()


def departures(
    connection: Connection, engine: Engine, subject: Subject, now: datetime
) -> dict[int, Departure]:
    """When each reminder to come of the dossier's porteur leaves, whatever the dossier."""
    rows = _letters_to_the_same(connection, engine, subject)
    territoire, who = subject.row["territoire"], subject.row["porteur_id"]
    taken = days_taken(connection, {(subject.tenant_id, who)}, now) if who else {}
    last = taken.get((subject.tenant_id, who)) if who else None
    moments = spread(((row["id"], row["due_at"]) for row in rows), last, now, territoire)
    found: dict[int, Departure] = {}
    for row in rows:
        same = [
            each["reference"]
            for each in rows
            if moments[each["id"]] == moments[row["id"]] and each["subject_id"] != row["subject_id"]
        ]
        found[row["id"]] = Departure(moments[row["id"]], tuple(dict.fromkeys(same)))
    return found


def spread(
    moments: Iterable[tuple[int, datetime]], taken: date | None, now: datetime, territoire: str
) -> dict[int, datetime]:
    """When each of a person's reminders leaves: what is due together together, one day each.

    `taken`: the last day that an e-mail takes already.
    """
    waiting = [(may_leave(max(due, now), territoire), id) for id, due in moments]
    heapify(waiting)
    leaves: dict[int, datetime] = {}
    at: datetime | None = None
    while waiting:
        moment, id = heappop(waiting)
        day = to_paris(moment).date()
        if moment == at or taken is None or day > taken:
            leaves[id], at, taken = moment, moment, day
            continue
        midnight = from_paris(datetime.combine(taken + timedelta(days=1), time.min))
        heappush(waiting, (usual_moment(midnight, territoire), id))
    return leaves


def may_leave(moment: datetime, territoire: str) -> datetime:
    """That moment, or the usual hour of the next day when reminders leave."""
    open_then = next_opening(moment, territoire) == moment
    return moment if open_then else usual_moment(moment, territoire)


def _letters_to_the_same(
    connection: Connection, engine: Engine, subject: Subject
) -> list[dict[str, Any]]:
    """The letters to come of every dossier of the same porteur, soonest first."""
    porteur = subject.row["porteur_id"]
    theirs = _D.c.id == subject.id if porteur is None else _D.c.porteur_id == porteur
    place = (_D.c.pipeline, _D.c.pipeline_version, _D.c.stage)
    query = (
        select(_E.c.id, _E.c.subject_id, _E.c.due_at, _D.c.reference, *place, _E.c.rule)
        .join(_D, _D.c.id == _E.c.subject_id)
        .where(theirs, _E.c.subject_kind == KIND, _TO_COME, _E.c.kind == echeances.RELANCE)
        .order_by(_E.c.due_at, _E.c.id)
    )
    return [
        dict(row)
        for row in connection.execute(query).mappings()
        if (rule := rule_at(engine, *[row[c.name] for c in (*place, _E.c.rule)])) and rule.letter
    ]
