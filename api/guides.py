"""What personal links lead to, as the page of entry needs it: one guide for each kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection
from sqlmodel import Session

from api.views.chrome import Link
from grants.comites.acces import OBJET, place_of
from grants.comites.liens import open_seat, renew_link
from grants.comites.queries import seance_name
from grants.dla.consultation.bidders import OBJET as CONSULTATION
from grants.dla.consultation.bidders import bidder_of, enter
from grants.dla.consultation.reading import title_of
from grants.dla.consultation.sending import renew_link as renew_for_prestataire
from grants.organisation.acces import Holder
from workflow.dates import format_datetime
from workflow.engine import Engine

#: Where a member reads, steps aside and votes.
SEANCE_PATH = "/ma-seance"
#: Where a prestataire reads what is asked, and offers.
CONSULTATION_PATH = "/ma-consultation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What a link leads to, in words, with the name of the button and where it leads."""

    title: str
    lead: str
    way: Link


class Guide(Protocol):
    """One kind of thing that people without a compte are invited to."""

    def welcome(self, connection: Connection, holder: Holder, /) -> Welcome:
        """What it is. Raises DomainError when nobody may come any more."""
        ...

    def enter(self, session: Session, secret: str, now: datetime, /) -> str:
        """Use a link up; the secret of the browser. Raises LinkUsed, DomainError."""
        ...

    def renew(self, session: Session, engine: Engine, holder: Holder, now: datetime, /) -> bool:
        """Send a new link to the same address. False when one is on its way."""
        ...


class SeanceGuide:
    """The séance of a comité, for one of its members."""

    def welcome(self, connection: Connection, holder: Holder, /) -> Welcome:
        """The séance, when and where. Raises NotFound, AccessOver, NoSeat."""
        row = place_of(connection, holder).subject.row
        lead = format_datetime(row["tenue_le"])
        return Welcome(
            title=seance_name(row),
            lead=f"{lead}, {row['lieu']}" if row["lieu"] else lead,
            way=Link(label="Ouvrir ma page du comité", url=f"{SEANCE_PATH}/{row['id']}"),
        )

    def enter(self, session: Session, secret: str, now: datetime, /) -> str:
        """The member takes his seat. Raises NotFound, LinkUsed, AccessOver, NoSeat."""
        return open_seat(session, secret, now)[1]

    def renew(self, session: Session, engine: Engine, holder: Holder, now: datetime, /) -> bool:
        """A new link leaves for the member. Raises AccessOver, NoSeat, NoAddress."""
        return renew_link(session, engine, holder, now)


class ConsultationGuide:
    """A consultation, for one of the prestataires who are asked."""

    def welcome(self, connection: Connection, holder: Holder, /) -> Welcome:
        """What is asked, and until when. Raises NotFound, NotAsked, ConsultationOver."""
        bidder = bidder_of(connection, holder)
        row = bidder.standing.row
        titre = title_of(connection, bidder.organisme_id, row["dossier_id"])
        due = format_datetime(row["echeance"])
        return Welcome(
            title=f"Consultation : {titre}",
            lead=f"Votre réponse est attendue jusqu’au {due}.",
            way=Link(label="Lire et répondre", url=f"{CONSULTATION_PATH}/{row['id']}"),
        )

    def enter(self, session: Session, secret: str, now: datetime, /) -> str:
        """The prestataire comes in. Raises NotFound, LinkUsed, NotAsked, ConsultationOver."""
        return enter(session, secret, now)

    def renew(self, session: Session, engine: Engine, holder: Holder, now: datetime, /) -> bool:
        """A new link leaves for him. Raises NotAsked, ConsultationOver."""
        return renew_for_prestataire(session, engine, holder, now)


GUIDES: Mapping[str, Guide] = {OBJET: SeanceGuide(), CONSULTATION: ConsultationGuide()}
