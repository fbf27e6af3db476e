"""Who counts on one dossier, at one moment: voices, those who use them, those who stepped aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.allees import was_outside
from grants.comites.comptage import Assemblee
from grants.comites.membres import MembreLine, membres_of
from grants.comites.tables import Deport, Emargement, Passage, Presence
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.subject import Subject

PRESENT, REPRESENTE, EXCUSE, ABSENT = "present", "represente", "excuse", "absent"
PRESENCES = {
    PRESENT: "Présent",
    REPRESENTE: "Représenté",
    EXCUSE: "Excusé",
    ABSENT: "Absent",
}
_R, _D = table_of(Presence), table_of(Deport)
_E, _P = table_of(Emargement), table_of(Passage)


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice that counts on a dossier: who has it, and who may use it.

    `titulaire` holds the seat; `porteur` votes with it: himself, his deputy, or (while he is
    `represente`) the member who holds his pouvoir. None: nobody can.
    """

    titulaire: MembreLine
    porteur: MembreLine | None
    etat: str

    @property
    def membre(self) -> MembreLine:
        """Whose vote it is: the titular, or the deputy who sits in his place."""
        if self.etat == PRESENT and self.porteur is not None:
            return self.porteur
        return self.titulaire


@dataclass(frozen=True, slots=True)
class Room:
    """Everybody around a séance, read once: members in office, presences, déports."""

    membres: tuple[MembreLine, ...]
    presences: Mapping[int, Mapping[str, Any]]
    deports: frozenset[tuple[int, int]]
    votes: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def member(self, id: int) -> MembreLine | None:
        """The member of that id, if he is in office that day."""
        return next((each for each in self.membres if each.id == id), None)

    def is_there(self, membre_id: int, dossier_id: int, at: datetime) -> bool:
        """In the room or connected at that moment, or his vote was already given from elsewhere."""
        if (membre_id, dossier_id) in self.votes:
            return True
        row = self.presences.get(membre_id)
        if row is None or row["etat"] != PRESENT or row["arrivee"] > at:
            return False
        if was_outside(row, at):
            return False
        return row["depart"] is None or row["depart"] > at

    def stepped_aside(self, membre_id: int, dossier_id: int) -> bool:
        """Whether he declared a conflict of interest on this dossier."""
        return (membre_id, dossier_id) in self.deports

    def voices(self, dossier_id: int, at: datetime) -> list[Voice]:
        """Each voice of the base, those of who stepped aside taken off."""
        seats = [each for each in self.membres if each.votes and each.suppleant_de_id is None]
        voices = [self._voice(each, dossier_id, at) for each in seats]
        return [each for each in voices if each is not None]

    def assembly(self, dossier_id: int, at: datetime) -> Assemblee:
        """The base, those present, those represented."""
        voices = self.voices(dossier_id, at)
        return Assemblee(
            base=len(voices),
            presents=sum(each.etat == PRESENT for each in voices),
            representes=sum(each.etat == REPRESENTE for each in voices),
        )

    def _voice(self, seat: MembreLine, dossier_id: int, at: datetime) -> Voice | None:
        holder = self._holder(seat, dossier_id, at)
        if self.stepped_aside(seat.id, dossier_id) or self.stepped_aside(holder.id, dossier_id):
            return None
        if self.is_there(holder.id, dossier_id, at):
            return Voice(seat, holder, PRESENT)
        row = self.presences.get(seat.id)
        if row is None:
            return Voice(seat, None, ABSENT)
        if row["etat"] != REPRESENTE:
            return Voice(seat, None, EXCUSE if row["etat"] == EXCUSE else ABSENT)
        proxy = self.member(row["pouvoir_a_id"])
        can = (
            proxy is not None
            and proxy.votes
            and self.is_there(proxy.id, dossier_id, at)
            and not self.stepped_aside(proxy.id, dossier_id)
        )
        return Voice(seat, proxy, REPRESENTE) if can else Voice(seat, None, ABSENT)

    def _holder(self, seat: MembreLine, dossier_id: int, at: datetime) -> MembreLine:
        """The titular when he is there or represented; else a deputy of his who is there."""
        row = self.presences.get(seat.id)
        if self.is_there(seat.id, dossier_id, at) or (row and row["etat"] == REPRESENTE):
            return seat
        deputies = (each for each in self.membres if each.suppleant_de_id == seat.id)
        there = (each for each in deputies if self.is_there(each.id, dossier_id, at))
        return next(there, seat)

    def presiding(self, preside_id: int | None, dossier_id: int, at: datetime) -> MembreLine | None:
        """Who presides on this dossier: the person named, unless she is away or stepped aside."""
        member = None if preside_id is None else self.member(preside_id)
        if member is None or self.stepped_aside(member.id, dossier_id):
            return None
        return member if self.is_there(member.id, dossier_id, at) else None


def room_of(connection: Connection, subject: Subject) -> Room:
    """Everybody around a séance. `subject` is the séance."""
    day = to_paris(subject.row["tenue_le"]).date()
    comite_id = subject.row["comite_id"]
    presences = select(*_R.c).where(_R.c.seance_id == subject.id)
    aside = select(_D.c.membre_id, _D.c.dossier_id).where(_D.c.seance_id == subject.id)
    voted = (
        select(_E.c.membre_id, _P.c.dossier_id)
        .join(_P, _P.c.id == _E.c.passage_id)
        .where(_P.c.seance_id == subject.id, _E.c.par_id == _E.c.membre_id)
    )
    return Room(
        membres=tuple(membres_of(connection, subject.tenant_id, comite_id, day)),
        presences=_by_member(connection.execute(presences).mappings()),
        deports=frozenset(tuple(row) for row in connection.execute(aside)),
        votes=frozenset(tuple(row) for row in connection.execute(voted)),
    )


def _by_member(rows: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {row["membre_id"]: dict(row) for row in rows}
