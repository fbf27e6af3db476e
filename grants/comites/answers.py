"""What a member says of his own coming, before the séance and during it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session

from grants.comites.assemblee import EXCUSE, PRESENT, REPRESENTE, room_of
from grants.comites.chain import record
from grants.comites.errors import SeanceOver
from grants.comites.presences import BEFORE, Attendance, note_attendance
from grants.comites.reading import read_sitting
from grants.comites.sieges import Siege
from grants.comites.tables import Presence
from workflow.database import LARGEST_ID, table_of
from workflow.errors import Invalid
from workflow.fields import Raw

#: What he may answer.
VIENT, EXCUSE_LUI, POUVOIR, A_DISTANCE, PART = "vient", "excuse", "pouvoir", "distance", "part"
ANSWERS = (VIENT, EXCUSE_LUI, POUVOIR, A_DISTANCE, PART)
_R = table_of(Presence)


def answer_for_oneself(
    session: Session, siege: Siege, raw: Mapping[str, Raw], now: datetime
) -> bool:
    """Keep what a member says of his own presence. True if anything changed. Never commits.

    Raises NotFound, Invalid with every fault, SeanceNotOpen, SeanceOver.
    """
    reponse, given = raw.get("reponse"), raw.get("pouvoir_a")
    if reponse not in ANSWERS:
        raise Invalid({"reponse": "Choisissez l’une des réponses proposées."})
    if reponse == VIENT:
        return _comes_after_all(session, siege, now)
    proxy = _id(given) if reponse == POUVOIR else None
    etat = {EXCUSE_LUI: EXCUSE, POUVOIR: REPRESENTE}.get(str(reponse), PRESENT)
    said = Attendance(
        siege.seance_id,
        siege.membre_id,
        etat,
        pouvoir_a_id=proxy,
        leaves=reponse == PART,
        a_distance=reponse == A_DISTANCE,
    )
    return note_attendance(session, siege, said, now)


def _id(given: Raw) -> int:
    """The member chosen. Raises Invalid."""
    if not isinstance(given, str) or not given.isdecimal() or not 0 < int(given) <= LARGEST_ID:
        raise Invalid({"pouvoir_a": "Choisissez à qui vous donnez votre pouvoir."})
    return int(given)


def _comes_after_all(session: Session, siege: Siege, now: datetime) -> bool:
    """He had said that he would not: before the séance, it is as if he had said nothing."""
    connection = session.connection()
    subject = read_sitting(connection, siege.organisme_id, siege.seance_id, lock=True)
    if subject.stage not in BEFORE:
        raise SeanceOver
    known = room_of(connection, subject).presences.get(siege.membre_id)
    if known is None:
        return False
    connection.execute(delete(_R).where(_R.c.id == known["id"]))
    told = {"membre": siege.membre_id, "nom": siege.nom, "etat": None}
    record(connection, subject, siege, "presence_notee", told, now)
    return True
