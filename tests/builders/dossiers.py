"""A counter where microprojets are received: any dossier, at any stage, by the services alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from grants.comites.seances import create_seance
from grants.dossiers.advance import Advanced, Demand, advance
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.reading import load_facts, read_subject, situation_of
from grants.dossiers.sheets import SheetEdit, edit_sheet
from grants.finances.form import name_of
from grants.finances.service import PlanEdit, edit_plan
from grants.organisation.identity import Identity
from grants.organisation.people import find_or_create_personne
from grants.structures.service import create_structure
from notifications.courrier_table import Courrier
from tests.builders.hearings import Hearing, hold
from tests.builders.offices import NOW, Office
from tests.builders.papers import validate_all
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine, Offer
from workflow.errors import Invalid, Refused
from workflow.journal_reading import Line, lines_of
from workflow.money import format_amount
from workflow.subject import Subject

IBAN = "FR76 3000 6000 0112 3456 7890 189"
STRUCTURE = "Les Jardins du Lez"
ACCUEIL = {
    "compte_rendu": "Projet mûr, porteuse motivée.",
    "statut_ess": "oui",
    "territoire_eligible": "oui",
    "lien_emploi": "oui",
    "effectif_etp": "2,5",
    "sans_autre_aide_ue": "oui",
}
PROJET = {
    "titre": "Un jardin partagé",
    "objet": "Créer deux emplois de maraîchage.",
    "commune": "Montpellier",
    "departement": "34",
    "public_vise": "Habitants du quartier",
    "secteur": "environnement",
    "date_debut": "2026-05-04",
    "date_fin": "2027-05-03",
    "cout_total": "40 000",
    "montant_demande": "20 000",
}
_NUMBERS = count(1)


@dataclass
class Counter:
    """One office's counter, with a clock that goes on. `dossier` is the one at hand."""

    database: Database
    engine: Engine
    office: Office
    now: datetime = NOW
    dossier: int = 0
    seance: int = 0
    given: dict[str, str] = field(default_factory=dict)

    @property
    def charge(self) -> Identity:
        """The chargé de mission of the office."""
        return self.office.identity("charge_de_mission")

    def wait(self, **delay: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**delay)
        return self.now

    # --- What is done -----------------------------------------------------------------------

    def open(self, pipeline: str = "microprojets", **changes: Any) -> int:
        """A new dossier, with a porteur who can be reached and a structure."""
        with self.database.unit_of_work() as session:
            person = find_or_create_personne(
                session,
                self.charge,
                "Ana Porteuse",
                f"ana{next(_NUMBERS)}@porteur.example",
                None,
                NOW,
            )
            structure = create_structure(session, self.charge, {"nom": STRUCTURE}, self.now)
            known: dict[str, Any] = {
                "opened_on": self.now.date(),
                "porteur_id": person.id,
                "structure_id": structure,
                "referent_id": self.charge.compte_id,
                **changes,
            }
            opening = Opening(pipeline, **known)
            self.dossier = open_dossier(session, self.engine, self.charge, opening, self.now).id
        return self.dossier

    def plan_seance(self, *, days: int = 20, closing: int = 10) -> int:
        """A séance to come, open to inscriptions."""
        form = {
            "comite": "CTS",
            "tenue_le": (self.now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M"),
            "cloture_inscriptions": (self.now + timedelta(days=closing)).date().isoformat(),
        }
        with self.database.unit_of_work() as session:
            self.seance = create_seance(session, self.engine, self.charge, form, self.now)
        return self.seance

    def fill(self, sheet: str, **answers: str) -> None:
        """Fill a sheet in; what is not given is what any good project would answer."""
        known = ACCUEIL if sheet == "accueil" else PROJET
        with self.database.unit_of_work() as session:
            edit = SheetEdit(self.dossier, sheet, {**known, **answers})
            edit_sheet(session, self.engine, self.charge, edit, self.now)

    def bring_pieces(self, *keys: str) -> None:
        """Hand in and validate these pièces, or all that a move from here waits for."""
        with self.database.unit_of_work() as session:
            validate_all(session, self.engine, self.charge, self.dossier, self.now, *keys)

    def finance(self, **lines: str) -> None:
        """Write who pays for the project, or let one funder pay what nobody else does.

        A line is given as `mairie="5 000, obtenu"`.
        """
        kept = self.read().values
        rest = (kept["cout_total"] or 0) - (kept["montant_demande"] or 0)
        lines = lines or {"mairie": f"{format_amount(rest)}, obtenu"}
        form: dict[str, str] = {}
        for number, (name, said) in enumerate(lines.items(), start=1):
            montant, etat = said.rsplit(", ", maxsplit=1)
            parts = {"nature": "cofinanceur", "financeur": name, "montant": montant, "etat": etat}
            form |= {name_of(number, part): value for part, value in parts.items()}
        with self.database.unit_of_work() as session:
            edit = PlanEdit(self.dossier, form)
            edit_plan(session, self.engine, self.charge, edit, self.now)

    def do(self, action: str, **demand: Any) -> Advanced:
        """One action on the dossier at hand, in a transaction of its own.

        `by`: the role of whoever does it; `reason`, `version`, `key`; the rest are answers.
        """
        with self.database.unit_of_work() as session:
            return self.do_in(session, action, **demand)

    def do_in(
        self,
        session: Session,
        action: str,
        by: str = "charge_de_mission",
        reason: str | None = None,
        version: int | None = None,
        key: str | None = None,
        **answers: Any,
    ) -> Advanced:
        """The same, in a transaction that somebody else commits or not."""
        demand = Demand(self.dossier, action, answers, reason, version, key)
        return advance(session, self.engine, self.office.identity(by), demand, self.now)

    def hear(self, retenue: str, montant: int | None = None) -> None:
        """The séance of the dossier at hand is held, and decides so; `montant` in cents."""
        verdicts = {self.dossier: (retenue, montant)}
        hold(self.database, self.engine, self.charge, self.seance, verdicts)

    def decide_again(self, retenue: str, montant: int | None, motif: str) -> None:
        """The decision on the dossier at hand is written again, otherwise, with its reason."""
        hearing = Hearing(self.database, self.engine, self.charge, self.seance)
        hearing.settle(self.dossier, retenue, montant=montant, motif=motif)

    # --- The way through ----------------------------------------------------------------------

    def take_to(self, stage: str) -> int:
        """A new dossier, taken to a stage by the ordinary way."""
        self.open()
        for step in _WAY:
            if self.read().stage == stage:
                return self.dossier
            getattr(self, f"_{step}")()
        assert self.read().stage == stage
        return self.dossier

    def _accueillir(self) -> None:
        meeting = (self.now + timedelta(days=7)).strftime("%Y-%m-%dT10:00")
        self.do("accueillir", rendez_vous=meeting, lieu_rendez_vous="Au siège")

    def _accompagner(self) -> None:
        self.wait(days=8)
        self.fill("accueil")
        self.do("accompagner")

    def _inscrire_cts(self) -> None:
        self.fill("projet")
        self.finance()
        self.bring_pieces()
        self.do("inscrire_cts", seance=str(self.plan_seance()))

    def _selectionner(self) -> None:
        self.wait(days=21)
        self.hear("retenu", 1_800_000)
        self.do("selectionner", montant_accorde="18 000")

    def _conventionner(self) -> None:
        self.wait(days=5)
        self.bring_pieces()
        self.do("conventionner", **self.convention())

    def _receptionner_bilan(self) -> None:
        self.wait(days=300)
        self.do("receptionner_bilan", bilan_recu_le=self.now.date().isoformat())

    def _solder(self) -> None:
        self.wait(days=10)
        self.do("solder")

    def convention(self, **changes: str) -> dict[str, str]:
        """What `conventionner` asks for."""
        return {
            "convention_signee_le": self.now.date().isoformat(),
            "date_debut": "2026-05-04",
            "date_fin": "2027-05-03",
            "iban": IBAN,
            "titulaire_iban": STRUCTURE,
            **changes,
        }

    # --- What is seen -------------------------------------------------------------------------

    def read(self, dossier: int | None = None) -> Subject:
        """The dossier as the engine sees it."""
        with self.database.reading() as session:
            connection = session.connection()
            id = dossier or self.dossier
            return read_subject(connection, self.engine, self.office.id, id, lock=False)

    def offers(self, by: str = "charge_de_mission") -> dict[str, Offer]:
        """Every action of the present stage, with what stands against it."""
        with self.database.reading() as session:
            connection = session.connection()
            subject = read_subject(
                connection, self.engine, self.office.id, self.dossier, lock=False
            )
            needed = self.engine.facts_needed(subject)
            identity = self.office.identity(by)
            now = situation_of(connection, self.engine, subject, identity, self.now, needed)
            return {offer.action.key: offer for offer in self.engine.actions(now)}

    def fact(self, name: str) -> Any:
        """One fact of the dossier."""
        with self.database.reading() as session:
            return load_facts(session.connection(), self.engine, self.read(), [name])[name]

    def refusals(self, action: str, **demand: Any) -> list[str]:
        """The sentences that an action is refused with."""
        with pytest.raises(Refused) as caught:
            self.do(action, **demand)
        return [refusal.message for refusal in caught.value.refusals]

    def faults(self, action: str, **demand: Any) -> dict[str, str]:
        """The faults of an action's form, by field."""
        with pytest.raises(Invalid) as caught:
            self.do(action, **demand)
        return caught.value.faults

    def lines(self, dossier: int | None = None) -> list[Line]:
        """The journal of the dossier, oldest line first."""
        with self.database.reading() as session:
            found = lines_of(session.connection(), "dossier", dossier or self.dossier)
        return found[::-1]

    def letters(self) -> list[tuple[str, str]]:
        """(letter, state) of the dossier's letters, in the order they were written."""
        table = table_of(Courrier)
        mine = table.c.subject_kind == "dossier", table.c.subject_id == self.dossier
        query = select(table.c.letter, table.c.state).where(*mine)
        with self.database.reading() as session:
            return [tuple(row) for row in session.connection().execute(query.order_by(table.c.id))]

    def still_open(self) -> list[tuple[str, int, date]]:
        """(rule, occurrence, day) of what is still to come on the dossier."""
        table = table_of(Echeance)
        query = select(table.c.rule, table.c.occurrence, table.c.due_at).where(
            table.c.subject_kind == "dossier",
            table.c.subject_id == self.dossier,
            table.c.state == "prevue",
        )
        with self.database.reading() as session:
            rows = session.connection().execute(query.order_by(table.c.due_at, table.c.id))
            return [(row.rule, row.occurrence, row.due_at.date()) for row in rows]


_WAY = (
    *("accueillir", "accompagner", "inscrire_cts", "selectionner"),
    *("conventionner", "receptionner_bilan", "solder"),
)
