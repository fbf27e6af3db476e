"""The seat that a personal link opens: one member at one séance, until it closes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from grants.comites.assemblee import Room, room_of
from grants.comites.errors import SeanceRefused
from grants.comites.membres import MembreLine
from grants.comites.reading import KIND, read_sitting
from grants.comites.regles import Regles, load_regles
from grants.comites.sieges import Siege
from grants.organisation.acces import Holder
from workflow.subject import Subject

#: What a link to a séance calls it.
OBJET = KIND
#: Stages at which members have nothing to do any more; whoever presides still validates the PV.
_OVER = ("close", "pv_valide", "annulee")
_OVER_FOR_THE_CHAIR = ("pv_valide", "annulee")


class AccessOver(SeanceRefused):
    """Cette séance est terminée : votre accès a pris fin avec elle."""

    code = "acces_termine"


class NoSeat(SeanceRefused):
    """Vous ne siégez pas, ou plus, dans ce comité à la date de cette séance."""

    code = "aucun_siege"


@dataclass(frozen=True, slots=True)
class Place:
    """A member in his seat, with the séance and everybody around it."""

    siege: Siege
    membre: MembreLine
    subject: Subject
    room: Room
    regles: Regles


def place_of(connection: Connection, holder: Holder) -> Place:
    """The seat of whoever holds a link, or came by it. Raises NotFound, AccessOver, NoSeat."""
    subject = read_sitting(connection, holder.to.organisme_id, holder.to.objet_id, lock=False)
    room = room_of(connection, subject)
    member = next(
        (each for each in room.membres if each.personne_id == holder.to.personne_id), None
    )
    if member is None:
        raise NoSeat
    presides = subject.row["preside_id"] == member.id
    if subject.stage in (_OVER_FOR_THE_CHAIR if presides else _OVER):
        raise AccessOver
    siege = Siege(
        subject.tenant_id, subject.id, member.id, member.personne_id, member.nom, presides
    )
    return Place(siege, member, subject, room, load_regles(subject.row["regles"]))
