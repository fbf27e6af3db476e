"""The consultations of a demonstration, told again: each step by the service that people use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlmodel import Session

from grants.demonstration.abreges import ConsultationDite, FactureDite, JourneeDite, OffreDite
from grants.demonstration.installation import Installed
from grants.demonstration.seances import Instant
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
from grants.dla.consultation.reading import latest_of, read_standing
from grants.dla.consultation.sealed import opened_offers
from grants.dla.consultation.sending import send_consultation
from grants.dla.missions.queries import mission_of_dossier, read_mission
from grants.dla.missions.service import judge, keep_invoice, note_day, pay_invoice
from grants.dla.tables import Prestataire
from grants.organisation.identity import Identity
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES

_T = table_of(Prestataire)
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Marche:
    """One consultation and its mission. `dossiers` are the ids known so far, by key."""

    session: Session
    engine: Engine
    place: Installed
    told: ConsultationDite
    dossiers: Mapping[str, int]

    def instants(self) -> Iterator[Instant]:
        """Everything that happened so far, in order."""
        told = self.told
        yield self._instant(told.preparee_le, "préparer", self._prepare)
        if told.envoyee_le is not None:
            yield self._instant(told.envoyee_le, "envoyer", self._send)
        for offre in told.offres:
            yield self._instant(offre.le, f"offre {offre.prestataire}", partial(self._offer, offre))
        for siret, at in told.declines.items():
            yield self._instant(at, f"décliner {siret}", partial(self._decline, siret))
        if told.ouverte_le is not None:
            yield self._instant(told.ouverte_le, "ouvrir", self._open)
        if told.choisie_le is not None:
            yield self._instant(told.choisie_le, "choisir", self._choose)
        for journee in told.journees:
            yield self._instant(journee.le, "journée", partial(self._day, journee))
        for facture in told.factures:
            yield self._instant(facture.le, "facture", partial(self._bill, facture))
            if facture.payee_le is not None:
                yield self._instant(facture.payee_le, "paiement", partial(self._pay, facture))
        if told.evaluee_le is not None:
            yield self._instant(told.evaluee_le, "évaluation", self._judge)

    def _prepare(self, at: datetime) -> None:
        session, me = self.session, self._me
        id = begin_consultation(session, self.engine, me, self._dossier, at)
        row = read_standing(session.connection(), me.organisme_id, id).row
        weights = {key: str(n) for key, n in as_typed(read(row["criteres"])).items()}
        due = str(FIELD_TYPES["date_heure"].form(self.told.echeance))
        form = {"cahier": row["cahier"], "echeance": due, **weights}
        change_consultation(session, me, id, form, at)
        ids = [self._prestataire(siret) for siret in self.told.prestataires]
        ask_prestataires(session, me, id, ids, at)

    def _send(self, at: datetime) -> None:
        send_consultation(self.session, self.engine, self._me, self._id, at)

    def _offer(self, offre: OffreDite, at: datetime) -> None:
        typed = {
            "jours": offre.jours,
            "cout_ht": offre.ht,
            "cout_ttc": offre.ttc,
            "methode": offre.methode,
        }
        deposit_offer(self.session, self._bidder(offre.prestataire), typed, None, at)

    def _decline(self, siret: str, at: datetime) -> None:
        decline(self.session, self._bidder(siret), {}, at)

    def _open(self, at: datetime) -> None:
        open_offers(self.session, self.engine, self._me, self._id, at)

    def _choose(self, at: datetime) -> None:
        connection, told = self.session.connection(), self.told
        standing = read_standing(connection, self._me.organisme_id, self._id)
        ids = {each.prestataire_id: each.id for each in opened_offers(connection, standing.row)}
        for offre in told.offres:
            marks = {key: str(mark) for key, mark in offre.notes.items()}
            about = (self._id, ids[self._prestataire(offre.prestataire)])
            mark_offer(self.session, self._me, *about, marks, at)
        assert told.retenue is not None, "an offer was chosen"
        typed = {
            "motif": told.motif or "",
            "date_debut": f"{told.date_debut}",
            "date_fin": f"{told.date_fin}",
        }
        chosen = ids[self._prestataire(told.retenue)]
        choose_offer(self.session, self.engine, self._me, self._id, chosen, typed, at + _MINUTE)

    def _day(self, journee: JourneeDite, at: datetime) -> None:
        day = to_paris(journee.le).date().isoformat()
        raw = {"le": day, "jours": journee.jours, "objet": journee.objet}
        note_day(self.session, self._me, self._mission, raw, at)

    def _bill(self, facture: FactureDite, at: datetime) -> None:
        day = to_paris(facture.le).date().isoformat()
        raw = {"numero": facture.numero, "le": day, "montant": facture.montant}
        keep_invoice(self.session, self._me, self._mission, raw, at)

    def _pay(self, facture: FactureDite, at: datetime) -> None:
        sight = read_mission(self.session.connection(), self._me.organisme_id, self._mission)
        (id,) = [each["id"] for each in sight.factures if each["numero"] == facture.numero]
        raw = {"payee_le": to_paris(at).date().isoformat()}
        pay_invoice(self.session, self._me, self._mission, id, raw, at)

    def _judge(self, at: datetime) -> None:
        told = self.told
        raw = {"evaluation": str(told.evaluation), "appreciation": told.appreciation or ""}
        judge(self.session, self._me, self._mission, raw, at)

    # ------------------------------------------------------------ who and what

    @property
    def _me(self) -> Identity:
        return self.place.identities[self.told.acteur]

    @property
    def _dossier(self) -> int:
        return self.dossiers[self.told.dossier]

    @property
    def _id(self) -> int:
        found = latest_of(self.session.connection(), self._me.organisme_id, self._dossier)
        assert found is not None, "it was prepared first"
        return found.id

    @property
    def _mission(self) -> int:
        place = (self.session.connection(), self._me.organisme_id, self._dossier)
        found = mission_of_dossier(*place)
        assert found is not None, "an offer was chosen first"
        return found["id"]

    def _prestataire(self, siret: str) -> int:
        query = select(_T.c.id).where(
            _T.c.organisme_id == self._me.organisme_id, _T.c.siret == siret
        )
        return self.session.connection().execute(query).scalar_one()

    def _bidder(self, siret: str) -> Bidder:
        organisme_id, id = self._me.organisme_id, self._prestataire(siret)
        standing = read_standing(self.session.connection(), organisme_id, self._id)
        asked = next(each for each in standing.asked if each.prestataire_id == id)
        return Bidder(organisme_id, standing, asked)

    def _instant(self, at: datetime, what: str, run: Callable[[datetime], object]) -> Instant:
        return Instant(at, f"consultation {self.told.dossier}, {what}", run)
