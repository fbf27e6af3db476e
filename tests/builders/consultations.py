"""A dossier at its consultation, prestataires who answer, and the mission that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from grants.dla.consultation.bidders import Bidder
from grants.dla.consultation.choosing import choose_offer
from grants.dla.consultation.comparison import mark_offer
from grants.dla.consultation.criteres import as_typed, read
from grants.dla.consultation.offers import decline, deposit_offer
from grants.dla.consultation.opening import open_offers
from grants.dla.consultation.preparation import (
    ask_prestataires,
    begin_consultation,
    change_consultation,
)
from grants.dla.consultation.reading import Standing, read_standing
from grants.dla.consultation.sealed import opened_offers
from grants.dla.consultation.sending import give_up, postpone, send_consultation
from grants.dla.prestataires import record_prestataire
from grants.organisation.identity import Identity
from workflow.database import Database
from workflow.engine import Engine

SIRETS = ("73282932000074", "55208131766522", "40483304800022", "44306184100047")
OFFER = {
    "jours": "4,7",
    "cout_ht": "3 034,17",
    "cout_ttc": "3 641",
    "methode": "Trois ateliers avec l’équipe, puis un plan.",
    "experience": "Douze missions pour des associations.",
    "calendrier": "Disponible tout de suite.",
}
MARKS = {"methode": "4", "experience": "3", "disponibilite": "5"}
CHOICE = {
    "motif": "La méthode la plus proche du besoin.",
    "date_debut": "2026-06-01",
    "date_fin": "2026-09-30",
}


def prestataires(session: Session, by: Identity, now: datetime, number: int = 3) -> list[int]:
    """So many prestataires of the directory, each with an address of its own."""
    return [
        record_prestataire(
            session,
            by,
            {
                "nom": f"Cabinet {letter}",
                "siret": SIRETS[rank],
                "contact": f"Camille {letter}",
                "email": f"{letter.lower()}{by.organisme_id}@cabinet.example",
                "competences": ["gestion"],
                "tarif_journalier": "800",
                "actif": "oui",
            },
            now,
        )
        for rank, letter in enumerate("ABCD"[:number])
    ]


@dataclass
class Consulting:
    """The consultation of one dossier, by somebody of the team, on a clock that goes on."""

    database: Database
    engine: Engine
    identity: Identity
    dossier: int
    now: datetime
    id: int = 0
    asked: list[int] = field(default_factory=list)

    def prepare(self, number: int = 3) -> Consulting:
        """Begun, its deadline in two weeks, so many prestataires chosen."""
        with self.database.unit_of_work() as session:
            self.asked = prestataires(session, self.identity, self.now, number)
        self.begin()
        self.change()
        self.ask()
        return self

    def begin(self) -> int:
        """Begun, with the cahier des charges that the dossier gives."""
        with self.database.unit_of_work() as session:
            about = (session, self.engine, self.identity, self.dossier, self.now)
            self.id = begin_consultation(*about)
        return self.id

    def change(self, **typed: str) -> None:
        """What is asked, the deadline and the weights, some of them typed otherwise."""
        form = self.form(**typed)
        with self.database.unit_of_work() as session:
            change_consultation(session, self.identity, self.id, form, self.now)

    def ask(self) -> None:
        """Those who are to be asked are chosen."""
        with self.database.unit_of_work() as session:
            ask_prestataires(session, self.identity, self.id, self.asked, self.now)

    def postpone(self, due: datetime) -> None:
        """More time for everybody."""
        raw = {"echeance": f"{due:%Y-%m-%dT%H:%M}"}
        with self.database.unit_of_work() as session:
            postpone(session, self.engine, self.identity, self.id, raw, self.now)

    def give_up(self, motif: str) -> None:
        """Nothing comes of it."""
        with self.database.unit_of_work() as session:
            raw = {"motif": motif}
            give_up(session, self.engine, self.identity, self.id, raw, self.now)

    def form(self, **others: str) -> dict[str, Any]:
        """The form of the consultation, as it would be typed."""
        standing = self.standing()
        due = self.now + timedelta(days=14)
        weights = {key: str(n) for key, n in as_typed(read(standing.row["criteres"])).items()}
        typed = {"cahier": standing.row["cahier"], "echeance": f"{due:%Y-%m-%dT%H:%M}"}
        return {**typed, **weights, **others}

    def send(self) -> Consulting:
        """Sent to everybody."""
        with self.database.unit_of_work() as session:
            send_consultation(session, self.engine, self.identity, self.id, self.now)
        return self

    def standing(self) -> Standing:
        """The consultation as it stands."""
        with self.database.reading() as session:
            return read_standing(session.connection(), self.identity.organisme_id, self.id)

    def bidder(self, rank: int) -> Bidder:
        """One of those who are asked, in front of his page."""
        standing = self.standing()
        asked = next(a for a in standing.asked if a.prestataire_id == self.asked[rank])
        return Bidder(self.identity.organisme_id, standing, asked)

    def offer(self, rank: int, **said: str) -> None:
        """One of them deposits an offer."""
        bidder = self.bidder(rank)
        with self.database.unit_of_work() as session:
            deposit_offer(session, bidder, {**OFFER, **said}, None, self.now)

    def decline(self, rank: int, motif: str = "") -> None:
        """One of them will not offer."""
        bidder = self.bidder(rank)
        with self.database.unit_of_work() as session:
            decline(session, bidder, {"motif": motif}, self.now)

    def open(self) -> Consulting:
        """The offers are opened."""
        with self.database.unit_of_work() as session:
            open_offers(session, self.engine, self.identity, self.id, self.now)
        return self

    def offers(self) -> list[Any]:
        """The offers, once they are open."""
        with self.database.reading() as session:
            return opened_offers(session.connection(), self.standing().row)

    def mark_all(self, marks: Mapping[str, str] = MARKS) -> Consulting:
        """Every offer marked alike."""
        for each in self.offers():
            with self.database.unit_of_work() as session:
                mark_offer(session, self.identity, self.id, each.id, marks, self.now)
        return self

    def choose(self, rank: int = 0, **said: str) -> str:
        """One is chosen; the stage where that leaves the dossier."""
        offer = next(o for o in self.offers() if o.prestataire_id == self.asked[rank])
        with self.database.unit_of_work() as session:
            about = (session, self.engine, self.identity, self.id, offer.id)
            return choose_offer(*about, {**CHOICE, **said}, self.now).stage

    def entrust(self, **offer: str) -> str:
        """The whole of it, from nothing to the mission; the stage where that leaves the dossier."""
        self.prepare().send()
        self.offer(0, **offer)
        self.offer(1, cout_ht="4 000", cout_ttc="4 800")
        self.decline(2)
        return self.open().mark_all().choose(0)
