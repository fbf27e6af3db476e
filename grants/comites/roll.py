"""The roll call: everybody's presence in one form, then each one's coming and going."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.comites.assemblee import ABSENT, PRESENCES, PRESENT, REPRESENTE, Room, room_of
from grants.comites.membres import MembreLine
from grants.comites.presences import BEFORE, Attendance, note_attendance
from grants.comites.reading import read_sitting
from grants.organisation.identity import Acting
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field
from workflow.subject import Subject

#: The field that a fault of a presence stands beside, by the key that the service gives it.
_BESIDE = {"pouvoir_a": "pouvoir", "a_distance": "distance"}


def answers_open(stage: str) -> dict[str, str]:
    """What may be noted of a member: nobody is there before the séance opens."""
    return {key: label for key, label in PRESENCES.items() if stage not in BEFORE or key != PRESENT}


def roll_fields(room: Room, stage: str) -> tuple[Field, ...]:
    """The form of the roll call: an answer, a pouvoir and « à distance » for each member."""
    open_to = _choices(answers_open(stage))
    voters = {str(each.id): each.nom for each in room.membres if each.votes}
    fields: list[Field] = []
    for member in room.membres:
        others = {id: nom for id, nom in voters.items() if id != str(member.id)}
        fields += [
            Field(key=f"etat_{member.id}", label=member.nom, type="choix", choices=open_to),
            Field(
                key=f"pouvoir_{member.id}",
                label=f"Pouvoir de {member.nom}",
                type="choix",
                choices=_choices(others),
            ),
            Field(
                key=f"distance_{member.id}", label=f"{member.nom} est à distance", type="oui_non"
            ),
        ]
    return tuple(fields)


def call_the_roll(
    session: Session, acting: Acting, seance_id: int, raw: Mapping[str, Raw], now: datetime
) -> int:
    """Note every answer that differs from what is known; how many did. Never commits.

    A member left blank stays as he is. Raises NotFound, Invalid with every fault, SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    room = room_of(connection, subject)
    values, faults = parse_fields(roll_fields(room, subject.stage), raw, FIELD_TYPES)
    changed = 0
    for member in sorted(room.membres, key=lambda each: _rank(values, each)):
        asked = _asked(subject, room, member, values)
        if asked is None:
            continue
        try:
            changed += note_attendance(session, acting, asked, now)
        except Invalid as error:
            for key, sentence in error.faults.items():
                faults.setdefault(f"{_BESIDE.get(key, 'etat')}_{member.id}", sentence)
    if faults:
        raise Invalid(faults)
    return changed


def _rank(values: Mapping[str, Any], member: MembreLine) -> int:
    """Those who come are noted before those whom they represent."""
    return {PRESENT: 0, ABSENT: 1, REPRESENTE: 2}.get(values.get(f"etat_{member.id}") or "", 1)


def _asked(
    subject: Subject, room: Room, member: MembreLine, values: Mapping[str, Any]
) -> Attendance | None:
    """What is to be noted of a member; None where nothing is said, or nothing new."""
    etat = values.get(f"etat_{member.id}")
    if not etat:
        return None
    given = values.get(f"pouvoir_{member.id}") if etat == REPRESENTE else None
    distance = etat == PRESENT and bool(values.get(f"distance_{member.id}"))
    proxy, known = int(given) if given else None, room.presences.get(member.id)
    said = {"etat": etat, "pouvoir_a_id": proxy, "a_distance": distance}
    if known is not None and all(known[key] == value for key, value in said.items()):
        return None
    return Attendance(subject.id, member.id, etat, proxy, a_distance=distance)


def _choices(labels: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, label=label) for key, label in labels.items())
