"""Dossiers filed beforehand by the services, for the tests that are about something else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from grants.dossiers.opening import Opening, open_dossier
from grants.organisation.people import find_or_create_personne
from grants.structures.service import create_structure
from tests.builders.site import Site
from workflow.database import table_of
from workflow.journal_tables import JournalEntry


def file_contact(site: Site, structure: str = "Roule ma vallée", *, days_ago: int = 2) -> str:
    """A dossier at its first stage, with a porteur who can be reached; the address of its page."""
    return file_contacts(site, [structure], days_ago=days_ago)[0]


def file_contacts(site: Site, structures: Sequence[str], *, days_ago: int = 2) -> list[str]:
    """The same for several structures, all at once."""
    now = datetime.now(UTC) - timedelta(days=days_ago)
    with site.database.unit_of_work() as session:
        ids = [_file(session, site, structure, now) for structure in structures]
    return [f"{site.url}/dossiers/{id}" for id in ids]


def _file(session: Session, site: Site, structure: str, now: datetime) -> int:
    identity = site.identity("charge_de_mission")
    porteur = find_or_create_personne(
        session, identity, "Amina Deschamps", "amina@exemple.fr", None, now
    )
    opening = Opening(
        pipeline="microprojets",
        opened_on=now.date(),
        porteur_id=porteur.id,
        structure_id=create_structure(session, identity, {"nom": structure}, now),
        values={"titre": f"Projet de {structure}", "departement": "06"},
    )
    return open_dossier(session, site.engine, identity, opening, now).id


def count_moves(site: Site) -> int:
    """How many moves the whole journal holds; opening a dossier is not one."""
    table = table_of(JournalEntry)
    query = select(func.count()).where(table.c.kind == "mouvement")
    with site.database.reading() as session:
        return session.connection().execute(query).scalar_one()
