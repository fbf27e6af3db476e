"""Who comes by a personal link: one prestataire, for the consultation that he was asked in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session

from grants.dla.consultation.errors import ConsultationOver, NotAsked
from grants.dla.consultation.reading import (
    CONSULTATIONS,
    ENTERED,
    Asked,
    Standing,
    read_standing,
)
from grants.organisation.acces import Holder, find_link, use_link
from grants.organisation.ledger import Fact
from workflow.subject import Actor

#: What a link to a consultation calls it.
OBJET = "consultation"
PRESTATAIRE = "prestataire"
#: Once an offer is chosen, or none is to be, there is nothing left to answer.
_OVER = ("choisie", "abandonnee")


@dataclass(frozen=True, slots=True)
class Bidder:
    """A prestataire in front of his own page."""

    organisme_id: int
    standing: Standing
    asked: Asked

    @property
    def nom(self) -> str:
        """The name that the journal keeps."""
        return f"{self.asked.contact} ({self.asked.nom})"

    @property
    def role(self) -> str:
        """The role that the journal keeps."""
        return PRESTATAIRE

    @property
    def actor(self) -> Actor:
        """A person without a compte: the journal keeps the name and the role."""
        return Actor(None, self.nom, frozenset({PRESTATAIRE}), PRESTATAIRE)


def bidder_of(connection: Connection, holder: Holder) -> Bidder:
    """Whom a link, or the browser that it opened, is for. Raises NotFound, NotAsked, over."""
    standing = read_standing(connection, holder.to.organisme_id, holder.to.objet_id)
    asked = next(
        (each for each in standing.asked if each.personne_id == holder.to.personne_id), None
    )
    if asked is None or standing.state == "preparation":
        raise NotAsked
    if standing.state in _OVER:
        raise ConsultationOver
    return Bidder(holder.to.organisme_id, standing, asked)


def enter(session: Session, secret: str, now: datetime) -> str:
    """A prestataire uses his link up; the secret of his browser. Never commits.

    Raises NotFound, LinkUsed, NotAsked, ConsultationOver.
    """
    connection = session.connection()
    holder = find_link(connection, secret)
    row = CONSULTATIONS.lock(connection, holder.to.organisme_id, holder.to.objet_id)
    bidder = bidder_of(connection, holder)
    cookie = use_link(session, secret, now)
    said = {"champs": {"prestataire": bidder.asked.nom}}
    CONSULTATIONS.note(connection, bidder, row, Fact(ENTERED, now, said))
    return cookie
