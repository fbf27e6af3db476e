"""What people do to a reminder before it leaves: move, hold, resume, cancel, send it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from grants.dossiers.answers import read_fields
from grants.dossiers.causes import Cause, cause_of, gone, is_over, place_of, rule_of
from grants.dossiers.reading import KIND
from grants.dossiers.taches.rappels import Asked
from grants.dossiers.taches.service import CREATED
from grants.organisation.identity import Identity
from grants.relances.sorts import SORTS, Sort
from grants.relances.writing import PREPARED
from workflow import echeances, echeances_by_hand, journal
from workflow.calendar import next_opening
from workflow.dates import format_date, format_datetime
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, KeyReused, NotFound, Refused
from workflow.field_contract import Raw
from workflow.guards import Refusal
from workflow.pipeline import Field, ReminderRule
from workflow.subject import Subject

MOVED, HELD, RESUMED, STOPPED = (
    *("relance_deplacee", "relance_suspendue", "relance_reprise", "relance_arretee"),
)
MOMENT = "relance_le"
REMINDER_FIELDS = (Field(key=MOMENT, label="Jour et heure", type="date_heure", required=True),)
_PAST = "Ce moment est passé. Choisissez-en un à venir, ou envoyez la relance tout de suite."


class ReminderOver(DomainError):
    """« {what} » n'est plus à venir : partie, ou annulée. Relisez la page."""

    code = "relance_terminee"


class ReminderChanged(DomainError):
    """« {what} » a changé entre-temps, et partirait le {when}.
    Relisez, puis recommencez si besoin."""

    code = "relance_modifiee"


@dataclass(frozen=True, slots=True)
class Touch:
    """Which reminder somebody touches. `version`: as he saw it; `key`: the same for one click.

    `following`: the later ones of the same rule too. `kind`: of a dossier, or of a séance.
    """

    subject_id: int
    echeance_id: int
    version: int | None = None
    key: str | None = None
    following: bool = False
    kind: str = KIND

    @property
    def sort(self) -> Sort:
        """What is done its own way."""
        return SORTS[self.kind]


@dataclass(frozen=True, slots=True)
class _Held:
    """A reminder in hand: its dossier, or its séance, is locked."""

    subject: Subject
    row: Mapping[str, Any]
    rule: ReminderRule

    @property
    def told(self) -> str:
        return place_of(self.rule, self.row["occurrence"])


def move_reminder(
    session: Session,
    engine: Engine,
    identity: Identity,
    touch: Touch,
    raw: Mapping[str, Raw],
    now: datetime,
) -> bool:
    """Let a reminder leave at another moment. True if that changed anything. Never commits.

    Raises Invalid, NotFound, ReminderOver, ReminderChanged, ReadOnly.
    """
    held = _take(session, engine, identity, touch, MOVED)
    if held is None:
        return False
    connection = session.connection()
    values, _labels, faults = read_fields(
        connection, engine, held.subject.tenant_id, REMINDER_FIELDS, raw
    )
    moment: datetime | None = values.get(MOMENT)
    if moment == held.row["due_at"]:
        return False
    if moment is not None:
        cause = cause_of(connection, engine, held.subject, held.rule)
        faults |= _bad_moment(cause, held.row, moment, now)
    if faults or moment is None:
        raise Invalid(faults)
    echeances_by_hand.move(connection, held.row["id"], moment)
    before, after = (format_datetime(each) for each in (held.row["due_at"], moment))
    said = f"{held.told}\u00a0: prévue le {after}, au lieu du {before}."
    asked = Asked(identity, touch.key)
    touch.sort.tell(session, engine, held.subject, asked, MOVED, said, now)
    return True


def hold_reminder(
    session: Session, engine: Engine, identity: Identity, touch: Touch, now: datetime
) -> int:
    """Let a reminder wait until somebody resumes it; how many now do. Never commits.

    Raises NotFound, ReminderOver, ReminderChanged, ReadOnly.
    """
    return _each(session, engine, identity, touch, now, HELD)


def resume_reminder(
    session: Session, engine: Engine, identity: Identity, touch: Touch, now: datetime
) -> int:
    """Let a reminder that waits go on; how many now do. Never commits.

    One whose moment came meanwhile leaves at the next opening. Raises like `hold_reminder`.
    """
    return _each(session, engine, identity, touch, now, RESUMED)


def cancel_reminder(
    session: Session, engine: Engine, identity: Identity, touch: Touch, now: datetime
) -> int:
    """A reminder will not leave, whatever becomes of its date; how many will not. Never commits.

    Raises like `hold_reminder`.
    """
    return _each(session, engine, identity, touch, now, STOPPED)


def send_now(
    session: Session, engine: Engine, identity: Identity, touch: Touch, now: datetime
) -> bool:
    """Do now what the reminder would have done: its letter, at any hour, or its tâche.

    False when this very click already did. Never commits. Raises Refused when its cause is gone,
    NotFound, ReminderOver, ReminderChanged, ReadOnly.
    """
    held = _take(session, engine, identity, touch, PREPARED, CREATED)
    if held is None:
        return False
    connection = session.connection()
    cause = cause_of(connection, engine, held.subject, held.rule)
    _require_cause(engine, cause, held, now)
    asked = Asked(identity, touch.key)
    touch.sort.do_now(session, engine, cause, held.row, asked, now)
    return True


# --- In hand ------------------------------------------------------------------------------------


def _take(
    session: Session, engine: Engine, identity: Identity, touch: Touch, *events: str
) -> _Held | None:
    """The reminder, its dossier locked; None when this very click was already carried out."""
    identity.require_writer()
    connection = session.connection()
    subject = touch.sort.read(connection, engine, identity.organisme_id, touch.subject_id)
    row = echeances_by_hand.find_reminder(connection, touch.kind, subject.id, touch.echeance_id)
    if row is None:
        raise NotFound
    if _already(connection, subject, touch.key, events):
        return None
    rule = rule_of(engine, subject, row["rule"])
    if rule is None or row["state"] not in echeances_by_hand.OPEN:
        raise ReminderOver(what=rule.label if rule else row["rule"])
    if touch.version not in (None, echeances_by_hand.version_of(row)):
        raise ReminderChanged(what=rule.label, when=format_datetime(row["due_at"]))
    return _Held(subject, row, rule)


def _already(
    connection: Connection, subject: Subject, key: str | None, events: tuple[str, ...]
) -> bool:
    """Whether this click was carried out already. Raises KeyReused when it did anything else."""
    found = journal.find_by_key(connection, subject.tenant_id, key) if key else None
    if found is None:
        return False
    if (found["subject_kind"], found["subject_id"]) != (subject.kind, subject.id):
        raise KeyReused
    if found["event"] not in events:
        raise KeyReused
    return True


_DOES = {
    HELD: (echeances.PREVUE, "suspendue"),
    RESUMED: (echeances.SUSPENDUE, "reprise"),
    STOPPED: (None, "annulée"),
}


def _each(
    session: Session,
    engine: Engine,
    identity: Identity,
    touch: Touch,
    now: datetime,
    event: str,
) -> int:
    held = _take(session, engine, identity, touch, event)
    if held is None:
        return 0
    connection = session.connection()
    rows = [held.row]
    if touch.following:
        rows += echeances_by_hand.following(connection, held.row)
    wanted, word = _DOES[event]
    rows = [row for row in rows if wanted in (None, row["state"])]
    for row in rows:
        if event == HELD:
            echeances_by_hand.hold(connection, row["id"])
        elif event == RESUMED:
            echeances_by_hand.let_go_on(connection, row["id"])
        else:
            echeances.settle(connection, row["id"], echeances.ARRETEE, now)
    if rows:
        told = ", ".join(place_of(held.rule, row["occurrence"]) for row in rows)
        said = f"{told}\u00a0: {word}{'s' if len(rows) > 1 else ''}."
        asked = Asked(identity, touch.key)
        touch.sort.tell(session, engine, held.subject, asked, event, said, now)
    return len(rows)


def _bad_moment(
    cause: Cause, row: Mapping[str, Any], moment: datetime, now: datetime
) -> dict[str, str]:
    """Why a reminder cannot leave then."""
    if moment <= now:
        return {MOMENT: _PAST}
    opening = next_opening(moment, cause.subject.row["territoire"])
    if cause.rule.letter is not None and opening != moment:
        return {
            MOMENT: "Les relances partent de 8 h à 19 h, ni le dimanche ni un jour férié. "
            f"Le premier moment possible est le {format_datetime(opening)}."
        }
    if is_over(cause, row, moment):
        announced = format_date(row["anchored_on"])
        return {MOMENT: f"Elle annonce le {announced}, qui sera passé. Choisissez un moment avant."}
    return {}


def _require_cause(engine: Engine, cause: Cause, held: _Held, now: datetime) -> None:
    """Raises Refused, with every reason, for a reminder that says what is not true any more."""
    label = f"Envoyer « {held.rule.label} »"
    if is_over(cause, held.row, now):
        announced = format_date(held.row["anchored_on"])
        raise Refused(label, (Refusal("date_passee", f"Elle annonce le {announced}, passé."),))
    if reasons := gone(engine, cause, now):
        raise Refused(label, reasons)
