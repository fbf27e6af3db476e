"""Who comes, who leaves, who presides: noted one at a time, with the hour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time

from sqlmodel import Session

from grants.comites.assemblee import PRESENT, Room, room_of
from grants.comites.horaires import is_afterwards, moment_of
from grants.comites.presences import Attendance, note_attendance, take_the_chair
from grants.comites.reading import read_sitting
from grants.organisation.identity import Acting
from workflow.dates import format_date, to_paris
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field
from workflow.subject import Subject

ARRIVE, PART = "arrive", "part"


#: Who comes or leaves, and when.
MOVEMENT_FIELDS = (
    Field(
        key="mouvement",
        label="Mouvement",
        type="choix",
        required=True,
        choices=(Choice(key=ARRIVE, label="Arrive"), Choice(key=PART, label="Part")),
    ),
    Field(
        key="heure",
        label="Heure",
        type="texte",
        longest=5,
        help="Comme 14:05, le jour de la séance ou la nuit qui suit ; vide : maintenant.",
    ),
)


_HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:hH]([0-5][0-9])")


def chair_field(room: Room) -> Field:
    """The question of who presides, among those who have a rank of presidence."""
    ranked = {str(each.id): each.nom for each in room.membres if each.rang_presidence is not None}
    return Field(
        key="preside", label="Qui préside", type="choix", required=True, choices=_choices(ranked)
    )


def choose_chair(
    session: Session, acting: Acting, seance_id: int, raw: Mapping[str, Raw], now: datetime
) -> bool:
    """The form that says who presides, kept. True if it changed. Never commits.

    Raises NotFound, Invalid with every fault, SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    field = chair_field(room_of(connection, subject))
    values, faults = parse_fields((field,), raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return take_the_chair(session, acting, seance_id, int(values["preside"]), now)


def come_or_go(
    session: Session,
    acting: Acting,
    seance_id: int,
    membre_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
) -> bool:
    """A member comes in, or leaves, now or at the hour given. True if it changed. Never commits.

    Raises NotFound, Invalid with every fault, SeanceNotOpen, SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    room = room_of(connection, subject)
    if room.member(membre_id) is None:
        raise NotFound
    known = room.presences.get(membre_id)
    values, faults = parse_fields(MOVEMENT_FIELDS, raw, FIELD_TYPES)
    at = None
    if "heure" not in faults and values["heure"]:
        at = _moment(subject, values["heure"])
        if at is None:
            faults["heure"] = "Écrivez l’heure comme 14:05."
    elif values.get("mouvement") == PART and is_afterwards(subject, now):
        faults["heure"] = f"Indiquez l’heure du départ : la séance {_was(subject)}."
    if faults:
        raise Invalid(faults)
    leaves = values["mouvement"] == PART
    distance = bool(known and known["etat"] == PRESENT and known["a_distance"])
    asked = Attendance(seance_id, membre_id, PRESENT, None, at, leaves, distance)
    return note_attendance(session, acting, asked, now)


def _moment(subject: Subject, typed: str) -> datetime | None:
    """An hour of the day of the séance, or of the night after it."""
    read = _HOUR.fullmatch(typed)
    return None if read is None else moment_of(subject, time(int(read[1]), int(read[2])))


def _was(subject: Subject) -> str:
    return f"s’est tenue le {format_date(to_paris(subject.row['tenue_le']).date())}"


def _choices(labels: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, label=label) for key, label in labels.items())
