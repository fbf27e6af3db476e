"""Who is there: noted by the chargé as people come and go, or by a member from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Session

from grants.comites.allees import dump_gaps, gaps_of, since
from grants.comites.assemblee import ABSENT, EXCUSE, PRESENCES, PRESENT, REPRESENTE, room_of
from grants.comites.chain import record
from grants.comites.errors import SeanceNotOpen, SeanceOver
from grants.comites.horaires import usual_arrival
from grants.comites.membres import MembreLine
from grants.comites.reading import read_sitting
from grants.comites.regles import load_regles
from grants.comites.sieges import Siege
from grants.comites.tables import Presence, Seance
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.errors import Invalid, NotFound
from workflow.subject import Subject

_R, _S = table_of(Presence), table_of(Seance)
OPEN_STAGES = ("ouverte",)
#: Stages in which who will come, and who represents whom, may be noted in advance.
BEFORE = ("preparation", "convoquee")


@dataclass(frozen=True, slots=True)
class Attendance:
    """What is noted of one member. `at`: when he came, or left when `leaves`; now for None."""

    seance_id: int
    membre_id: int
    etat: str
    pouvoir_a_id: int | None = None
    at: datetime | None = None
    leaves: bool = False
    a_distance: bool = False


def note_attendance(
    session: Session, acting: Acting, attendance: Attendance, now: datetime
) -> bool:
    """Note that a member is there, represented, excused, absent, or leaves. True if it changed.

    A member may only speak for himself. Never commits. Raises NotFound, Invalid, SeanceNotOpen,
    SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, attendance.seance_id, lock=True)
    _require_stage(subject, attendance)
    room = room_of(connection, subject)
    member = room.member(attendance.membre_id)
    if member is None:
        raise NotFound
    faults = _faults(subject, acting, attendance, member, room.presences, now)
    if attendance.pouvoir_a_id is not None:
        proxy = room.member(attendance.pouvoir_a_id)
        faults |= _proxy_faults(subject, member, proxy, room.presences)
    if faults:
        raise Invalid(faults)
    known = room.presences.get(member.id)
    at = attendance.at or now
    row = _row(known, attendance, at, usual_arrival(subject, now))
    if known is not None and all(known[key] == value for key, value in row.items()):
        return False
    _write(connection, subject, member.id, known, row)
    told = {"membre": member.id, "nom": member.nom, **_told(row)}
    record(connection, subject, acting, "presence_notee", told, now)
    return True


def take_the_chair(
    session: Session, acting: Acting, seance_id: int, membre_id: int, now: datetime
) -> bool:
    """Say which member presides. Never commits. Raises NotFound, Invalid, SeanceOver."""
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    if subject.stage not in (*BEFORE, *OPEN_STAGES):
        raise SeanceOver
    member = room_of(connection, subject).member(membre_id)
    if member is None:
        raise NotFound
    if member.rang_presidence is None:
        raise Invalid({"preside": f"{member.nom} n’a pas de rang de présidence dans ce comité."})
    if subject.row["preside_id"] == membre_id:
        return False
    changed = update(_S).where(_S.c.id == seance_id).values(preside_id=membre_id)
    connection.execute(changed)
    subject.row = {**subject.row, "preside_id": membre_id}
    record(
        connection,
        subject,
        acting,
        "presidence_notee",
        {"membre": membre_id, "nom": member.nom},
        now,
    )
    return True


def attendance_of(connection: Connection, seance_id: int) -> dict[int, dict[str, Any]]:
    """What is noted of each member at a séance, by member."""
    query = select(*_R.c).where(_R.c.seance_id == seance_id)
    return {row["membre_id"]: dict(row) for row in connection.execute(query).mappings()}


def _require_stage(subject: Subject, attendance: Attendance) -> None:
    if subject.stage in OPEN_STAGES:
        return
    if subject.stage not in BEFORE:
        raise SeanceOver
    if attendance.etat == PRESENT and not attendance.a_distance:
        raise SeanceNotOpen


def _faults(
    subject: Subject,
    acting: Acting,
    attendance: Attendance,
    member: MembreLine,
    presences: Mapping[int, Mapping[str, Any]],
    now: datetime,
) -> dict[str, str]:
    faults: dict[str, str] = {}
    if isinstance(acting, Siege) and acting.membre_id != member.id:
        faults["membre"] = "Vous ne pouvez indiquer que votre propre présence."
    if attendance.etat not in PRESENCES:
        faults["etat"] = f"Choisissez l’une de ces réponses : {', '.join(PRESENCES.values())}."
    if (attendance.etat == REPRESENTE) != (attendance.pouvoir_a_id is not None):
        faults["pouvoir_a"] = "Un pouvoir se donne par un membre représenté, à un autre membre."
    at = attendance.at or now
    if at > now:
        faults["heure"] = "Cette heure n’est pas encore passée."
    known = presences.get(member.id)
    if attendance.leaves:
        if known is None or known["etat"] != PRESENT:
            faults["depart"] = f"{member.nom} n’est pas noté présent : il ne peut pas partir."
        elif at < since(known):
            faults["depart"] = "Le départ serait avant l’arrivée. Corrigez l’heure."
    elif _comes_back(known, attendance) and known is not None and at < known["depart"]:
        faults["heure"] = "Le retour serait avant le départ. Corrigez l’heure."
    if attendance.a_distance and load_regles(subject.row["regles"]).a_distance == "non":
        faults["a_distance"] = "Ce comité ne permet pas de participer à distance."
    return faults


def _proxy_faults(
    subject: Subject,
    member: MembreLine,
    proxy: MembreLine | None,
    presences: Mapping[int, Mapping[str, Any]],
) -> dict[str, str]:
    """A pouvoir is given by a voter who is away to a voter who stays, within the limit."""
    if proxy is None or proxy.id == member.id:
        return {"pouvoir_a": "Choisissez un autre membre en fonction ce jour-là."}
    if not proxy.votes or not member.votes:
        return {"pouvoir_a": "Un pouvoir se donne entre membres qui votent."}
    if (presences.get(proxy.id) or {}).get("etat") in (REPRESENTE, EXCUSE, ABSENT):
        return {"pouvoir_a": f"{proxy.nom} ne sera pas là : choisissez quelqu’un d’autre."}
    limit = load_regles(subject.row["regles"]).pouvoirs
    held = sum(row["pouvoir_a_id"] == proxy.id for id, row in presences.items() if id != member.id)
    if held >= limit:
        plural = "s" if limit > 1 else ""
        return {"pouvoir_a": f"{proxy.nom} a déjà {limit} pouvoir{plural}, le maximum."}
    return {}


def _comes_back(known: Mapping[str, Any] | None, attendance: Attendance) -> bool:
    """He had left, and is there again: what is between is kept."""
    return (
        known is not None
        and known["depart"] is not None
        and attendance.etat == PRESENT
        and not attendance.leaves
    )


def _row(
    known: Mapping[str, Any] | None, attendance: Attendance, at: datetime, usual: datetime
) -> dict[str, Any]:
    """What is kept of a presence. `at`: the hour given, or now; `usual`: that of an arrival."""
    there = attendance.etat == PRESENT
    arrived = (attendance.at or usual) if there else None
    outside = gaps_of(known) if known is not None and there else ()
    if known is not None and _comes_back(known, attendance):
        outside, arrived = (*outside, (known["depart"], at)), known["arrivee"]
    elif (
        there
        and known is not None
        and known["arrivee"] is not None
        and (attendance.leaves or attendance.at is None)
    ):
        arrived = known["arrivee"]  # said again, or on the way out: the arrival stays what it was
    return {
        "etat": attendance.etat,
        "arrivee": arrived,
        "depart": at if there and attendance.leaves else None,
        "absences": dump_gaps(outside),
        "a_distance": attendance.a_distance and there,
        "pouvoir_a_id": attendance.pouvoir_a_id,
    }


def _write(
    connection: Connection,
    subject: Subject,
    membre_id: int,
    known: Mapping[str, Any] | None,
    row: Mapping[str, Any],
) -> None:
    if known is not None:
        connection.execute(update(_R).where(_R.c.id == known["id"]).values(**row))
        return
    place = {"organisme_id": subject.tenant_id, "seance_id": subject.id, "membre_id": membre_id}
    connection.execute(insert(_R).values(**place, **row))


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """As the journal keeps it: instants in UTC."""
    moments = {key: row[key].isoformat() if row[key] else None for key in ("arrivee", "depart")}
    return {
        "etat": row["etat"],
        "pouvoir_a": row["pouvoir_a_id"],
        "a_distance": row["a_distance"],
        **moments,
    }
