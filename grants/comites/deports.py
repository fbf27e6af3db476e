"""Stepping aside: declared before or during the séance; suggested where a link is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.assemblee import Room, room_of
from grants.comites.chain import record
from grants.comites.errors import SeanceOver, VoteClosed
from grants.comites.membres import MembreLine
from grants.comites.reading import read_sitting
from grants.comites.sieges import Siege
from grants.comites.tables import Deport
from grants.comites.voting import forget_votes_of
from grants.dossiers.tables import Dossier
from grants.finances.tables import Financement
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.dates import format_datetime
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text, near_same

_T, _D, _F = table_of(Deport), table_of(Dossier), table_of(Financement)
LONGEST = 300
_STAGES = ("preparation", "convoquee", "ouverte")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A link that the software sees between a member and a dossier, in French."""

    membre: MembreLine
    dossier_id: int
    why: str


def step_aside(
    session: Session,
    acting: Acting,
    seance_id: int,
    dossier_id: int,
    membre_id: int,
    motif: str,
    now: datetime,
) -> bool:
    """A member steps aside on a dossier: a vote he had given is taken out. False if he had already.

    Never commits. Raises NotFound, Invalid, SeanceOver, VoteClosed.
    """
    connection = session.connection()
    subject, member = _ready(connection, acting, seance_id, dossier_id, membre_id)
    try:
        reason = clean_text(motif, longest=LONGEST, multiline=False)
    except TextFault as fault:
        raise Invalid({"motif": str(fault)}) from fault
    if room_of(connection, subject).stepped_aside(membre_id, dossier_id):
        return False
    row = {
        "organisme_id": subject.tenant_id,
        "seance_id": seance_id,
        "dossier_id": dossier_id,
        "membre_id": membre_id,
        "motif": reason,
        "declare_le": now,
        "declare_par": acting.nom,
    }
    connection.execute(insert(_T).values(**row))
    forget_votes_of(connection, subject, dossier_id, membre_id)
    told = {"dossier": dossier_id, "membre": membre_id, "nom": member.nom, "motif": reason}
    record(connection, subject, acting, "deport_declare", told, now)
    return True


def aside_fields(room: Room, dossier_id: int) -> tuple[Field, ...]:
    """The form of a déport: who, among those who have not stepped aside, and why."""
    still = [each for each in room.membres if not room.stepped_aside(each.id, dossier_id)]
    choices = tuple(Choice(key=str(each.id), label=each.nom) for each in still)
    return (
        Field(key="membre", label="Membre", type="choix", required=True, choices=choices),
        Field(
            key="motif",
            label="Lien avec ce projet",
            type="texte",
            longest=LONGEST,
            help="Le procès-verbal le dira.",
        ),
    )


def declare_aside(
    session: Session,
    acting: Acting,
    seance_id: int,
    dossier_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
) -> bool:
    """The form of a déport, kept. False if he had stepped aside already. Never commits.

    Raises NotFound, NotOnTheAgenda, Invalid with every fault, SeanceOver, VoteClosed.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    read_passage(connection, subject, dossier_id)
    fields = aside_fields(room_of(connection, subject), dossier_id)
    values, faults = parse_fields(fields, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    membre, motif = int(values["membre"]), values["motif"] or ""
    return step_aside(session, acting, seance_id, dossier_id, membre, motif, now)


def reasons_of(connection: Connection, seance_id: int, dossier_id: int) -> dict[int, str]:
    """Who stepped aside on a dossier, and why."""
    query = select(_T.c.membre_id, _T.c.motif).where(
        _T.c.seance_id == seance_id, _T.c.dossier_id == dossier_id
    )
    return {row.membre_id: row.motif for row in connection.execute(query)}


def come_back(
    session: Session,
    acting: Acting,
    seance_id: int,
    dossier_id: int,
    membre_id: int,
    now: datetime,
) -> bool:
    """A déport declared by mistake is taken back, before the vote closes. False if there is none.

    Never commits. Raises NotFound, SeanceOver, VoteClosed.
    """
    connection = session.connection()
    subject, member = _ready(connection, acting, seance_id, dossier_id, membre_id)
    gone = delete(_T).where(
        _T.c.seance_id == seance_id, _T.c.dossier_id == dossier_id, _T.c.membre_id == membre_id
    )
    if not connection.execute(gone).rowcount:
        return False
    told = {"dossier": dossier_id, "membre": membre_id, "nom": member.nom}
    record(connection, subject, acting, "deport_retire", told, now)
    return True


def suggestions(connection: Connection, subject: Subject, room: Room) -> list[Suggestion]:
    """Members whose structure is that of a dossier of the séance, or one of its co-funders."""
    query = (
        select(_D.c.id, _D.c.structure_id, _F.c.structure_id.label("financeur_id"), _F.c.financeur)
        .outerjoin(_F, _F.c.dossier_id == _D.c.id)
        .where(_D.c.organisme_id == subject.tenant_id, _D.c.seance_id == subject.id)
        .order_by(_D.c.id, _F.c.rang)
    )
    found: dict[tuple[int, int], Suggestion] = {}
    for row in connection.execute(query):
        for member in room.membres:
            why = _link(member, row)
            if why and not room.stepped_aside(member.id, row.id):
                found.setdefault((member.id, row.id), Suggestion(member, row.id, why))
    return list(found.values())


def _link(member: MembreLine, row: object) -> str:
    structure = getattr(row, "structure_id", None)
    if member.structure_id is not None and member.structure_id == structure:
        return f"Siège au nom de {member.structure}, qui porte ce projet."
    funder = getattr(row, "financeur", None)
    same = member.structure_id is not None and member.structure_id == getattr(
        row, "financeur_id", None
    )
    if funder and (same or (member.structure and near_same(member.structure, funder))):
        return f"Siège au nom de {member.structure}, cofinanceur de ce projet."
    return ""


def _ready(
    connection: Connection, acting: Acting, seance_id: int, dossier_id: int, membre_id: int
) -> tuple[Subject, MembreLine]:
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    if subject.stage not in _STAGES:
        raise SeanceOver
    passage = read_passage(connection, subject, dossier_id)
    if passage["etat"] == "clos":
        raise VoteClosed(quand=format_datetime(passage["clos_le"]))
    member = room_of(connection, subject).member(membre_id)
    if member is None or (isinstance(acting, Siege) and acting.membre_id != membre_id):
        raise NotFound
    return subject, member
