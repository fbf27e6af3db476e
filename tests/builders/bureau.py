"""A dossier taken through its pipeline, each step by the service that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from grants.comites.seances import create_seance
from grants.dossiers.advance import Demand, advance
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.reading import read_subject
from grants.dossiers.sheets import SheetEdit, edit_sheet
from grants.dossiers.tables import Dossier, LienDossier
from grants.interventions.service import NewIntervention, log_intervention
from grants.organisation.identity import Identity
from grants.organisation.people import find_or_create_personne
from grants.structures.service import create_structure
from tests.builders.offices import NOW
from tests.builders.papers import validate_all
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import Invalid, Refused

DIAGNOSTIC = {
    "projet_de_la_structure": "Projet",
    "gouvernance": "Gouvernance",
    "activites": "Activités",
    "emplois_permanents": "4",
    "emplois_aides": "2",
    "emplois_total": "7",
    "effectif_etp": "5,5",
    "budget_annuel": "214 000",
    "finances": "Finances",
    "partenaires": "Partenaires",
    "forces": "Forces",
    "faiblesses": "Faiblesses",
}
PLAN = {
    "besoins_prioritaires": "Besoins",
    "objectifs": "Objectifs",
    "domaines": ["gestion", "financements"],
    "jours_prevus": "5",
    "cout_prevu": "4 000",
}


@dataclass
class Bureau:
    """A chargé de mission at work on one dossier, his direction, and a clock that goes on."""

    database: Database
    engine: Engine
    direction: Identity
    charge: Identity
    now: datetime = NOW
    dossier: int = 0

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def open(self, key: str, **values: Any) -> int:
        known = {"titre": "Essai", "objet": "Un objet", "commune": "Nice", "departement": "06"}
        with self.database.unit_of_work() as session:
            porteur = find_or_create_personne(
                session, self.charge, "Anne Essai", "anne@example.org", None, self.now
            )
            structure = create_structure(session, self.charge, {"nom": f"Essai {key}"}, self.now)
            opening = Opening(
                key,
                self.now.date(),
                porteur.id,
                structure,
                self.charge.compte_id,
                values={**known, "secteur": "culture", **values},
            )
            self.dossier = open_dossier(session, self.engine, self.charge, opening, self.now).id
        return self.dossier

    def fill(self, sheet: str, **answers: Any) -> None:
        with self.database.unit_of_work() as session:
            edit = SheetEdit(self.dossier, sheet, answers)
            edit_sheet(session, self.engine, self.charge, edit, self.now)

    def bring_pieces(self) -> None:
        """Hand in and validate the pièces that a move from here waits for."""
        with self.database.unit_of_work() as session:
            validate_all(session, self.engine, self.charge, self.dossier, self.now)

    def do(self, action: str, reason: str | None = None, **answers: Any) -> str:
        with self.database.unit_of_work() as session:
            demand = Demand(self.dossier, action, answers, reason)
            return advance(session, self.engine, self.charge, demand, self.now).stage

    def spend(self, duration: str, **said: str) -> str:
        """Note time on the dossier; the stage where that leaves it."""
        told = {"nature": "visite", "le": f"{self.now:%Y-%m-%d}", "duree": duration, **said}
        with self.database.unit_of_work() as session:
            new = NewIntervention(told, self.dossier)
            log_intervention(session, self.engine, self.charge, new, self.now)
            connection, organisme = session.connection(), self.charge.organisme_id
            return read_subject(connection, self.engine, organisme, self.dossier, lock=False).stage

    def correct(self) -> str:
        with self.database.unit_of_work() as session:
            demand = Demand(self.dossier, "corriger_etape", {}, "Erreur de saisie.")
            return advance(session, self.engine, self.direction, demand, self.now).stage

    def seance(self) -> str:
        """A comité d'appui in ten days, open to inscriptions for five."""
        held, closing = self.now + timedelta(days=10), self.now + timedelta(days=5)
        form = {
            "comite": "Comité d'appui",
            "tenue_le": held.strftime("%Y-%m-%dT%H:%M"),
            "lieu": "Nice",
            "cloture_inscriptions": f"{closing:%Y-%m-%d}",
        }
        with self.database.unit_of_work() as session:
            return str(create_seance(session, self.engine, self.charge, form, self.now))

    def linked(self) -> list[tuple[str, str, str]]:
        """(pipeline, stage, title) of what was opened from the dossier."""
        dossiers, links = table_of(Dossier), table_of(LienDossier)
        query = (
            select(dossiers.c.pipeline, dossiers.c.stage, dossiers.c.titre)
            .join(links, links.c.suite_id == dossiers.c.id)
            .where(links.c.origine_id == self.dossier)
            .order_by(dossiers.c.id)
        )
        with self.database.reading() as session:
            return [tuple(row) for row in session.connection().execute(query)]

    def refusals(self, action: str, reason: str | None = None, **answers: Any) -> set[str]:
        with pytest.raises(Refused) as raised:
            self.do(action, reason, **answers)
        return {refusal.code for refusal in raised.value.refusals}

    def faults(self, action: str, **answers: Any) -> dict[str, str]:
        with pytest.raises(Invalid) as raised:
            self.do(action, **answers)
        return dict(raised.value.faults)

    def rendez_vous(self) -> dict[str, str]:
        """An appointment in a week."""
        moment = self.now + timedelta(days=7)
        return {"rendez_vous": moment.strftime("%Y-%m-%dT%H:%M"), "lieu_rendez_vous": "Chez eux"}

    def to_diagnostic(self) -> None:
        """A DLA individuel, as far as its diagnostic."""
        self.open("dla_individuel")
        self.fill("demande", utilite_sociale="oui", demande_des_dirigeants="oui")
        assert self.do("diagnostiquer", **self.rendez_vous()) == "diagnostic"

    def to_consultation(self) -> None:
        """A DLA individuel, as far as its consultation: the comité met and gave its avis."""
        self.to_diagnostic()
        self.fill("diagnostic", **DIAGNOSTIC)
        self.fill("plan", **PLAN)
        assert self.do("presenter_au_comite", seance=self.seance()) == "comite_appui"
        self.wait(15)
        self.fill("avis", avis="reserve", observations_du_comite="Revoir le calendrier.")
        assert self.do("consulter", plan_accepte_le=f"{self.now:%Y-%m-%d}") == "consultation"
