"""A comité about to sit: dossiers before it, members who each hold a link to their page."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from grants.comites.membres import MembreLine
from grants.comites.tables import Seance
from grants.dossiers.tables import Dossier
from grants.organisation.acces import Destination, keep_link
from grants.organisation.accounts import Account
from grants.structures.service import create_structure
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from tests.builders.site import PEOPLE, Site
from workflow.database import table_of

_S, _D = table_of(Seance), table_of(Dossier)
MEMBERS = (
    *("Camille Aubrac", "Dany Belmont", "Sacha Corti", "Lou Delmas", "Noor Esteve", "Ali Faure"),
    *("Maxime Gual", "Andrea Hoarau", "Charlie Imbert", "Dominique Jolivet", "Eden Kerjean"),
    "Fanny Lamour",
)
STRUCTURES = (
    *("Les Jardins du Lez", "Roule ma vallée", "La Recyclerie du Var", "Cuisine et compagnie"),
    *("Le Fil d’Ariane", "Aux Petits Soins", "Terre de liens", "Les Mains vertes", "Bulle d’air"),
    *("L’Atelier vélo", "Passerelles 34", "Le Grand Bain", "Tout un fromage"),
)


def counter_of(site: Site) -> Counter:
    """The counter of a whole installation."""
    people = {role: Account(id, "", PEOPLE[role], None, ()) for role, id in site.comptes.items()}
    office = Office(site.organisme_id, "Atelier", people)
    return Counter(site.database, site.engine, office, now=datetime.now(UTC) - timedelta(days=40))


@dataclass
class Sitting:
    """A séance with its dossiers, in the order of its agenda."""

    counter: Counter
    hearing: Hearing
    dossiers: tuple[int, ...]

    def link(self, membre: MembreLine, now: datetime) -> str:
        """A link of a member's own, as if it had just left by e-mail."""
        secret = secrets.token_urlsafe(32)
        by = self.hearing.by
        to = Destination(by.organisme_id, membre.personne_id, "seance", self.hearing.seance)
        with self.hearing.database.unit_of_work() as session:
            keep_link(session, secret, to, now)
        return f"/acces/{secret}"


def assemble(
    counter: Counter,
    structures: Sequence[str] = STRUCTURES,
    members: Sequence[str] = MEMBERS,
    *,
    days: int = 30,
) -> Sitting:
    """Take dossiers before a comité, name its members (the first presides), convene them."""
    counter.plan_seance(days=days, closing=days - 5)
    dossiers = tuple(_bring(counter, name) for name in structures)
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    hearing.name(members[0], rang_presidence="1")
    hearing.name(*members[1:])
    hearing.convene()
    return Sitting(counter, hearing, dossiers)


def bring_forward(sitting: Sitting, at: datetime) -> None:
    """The day of the séance has come, and its hour."""
    with sitting.hearing.database.unit_of_work() as session:
        moved = update(_S).where(_S.c.id == sitting.hearing.seance).values(tenue_le=at)
        session.connection().execute(moved)
    sitting.hearing.now = at


def _bring(counter: Counter, name: str) -> int:
    with counter.database.unit_of_work() as session:
        structure = create_structure(session, counter.charge, {"nom": name}, counter.now)
    counter.open(structure_id=structure)
    meeting = (counter.now + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    counter.do("accueillir", rendez_vous=meeting, lieu_rendez_vous="Au siège")
    counter.fill("accueil")
    counter.do("accompagner")
    counter.fill("projet", titre=f"Projet de {name}")
    counter.finance()
    counter.bring_pieces()
    counter.do("inscrire_cts", seance=str(counter.seance))
    return counter.dossier
