"""Many dossiers at once, written straight into the table: what lists and boards are tried on."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from grants.dossiers.tables import Dossier
from grants.organisation.people import find_or_create_personne
from grants.structures.service import create_structure
from tests.builders.offices import NOW, Office
from workflow.columns import GENESIS
from workflow.database import table_of
from workflow.texts import fold

_D = table_of(Dossier)
_NUMBERS = count(1)
STAGES = ("contact", "accueil", "accompagnement", "cts", "suivi", "clos")
COMMUNES = (None, "Nice", "Évian", "nice", "Arles", "Lunel")
AMOUNTS = (None, 100_000, 250_050, 100_000, 1)


def write_dossier(session: Session, office: Office, **columns: Any) -> int:
    """One dossier as it stands in the table; nothing else is written."""
    titre = columns.get("titre", "Un projet")
    row = {
        "organisme_id": office.id,
        "reference": f"XX-{next(_NUMBERS)}",
        "ouvert_le": NOW.date(),
        "pipeline": "microprojets",
        "pipeline_version": 1,
        "stage": "contact",
        "stage_since": NOW,
        "trail": "1:contact",
        "seq": 1,
        "head": GENESIS,
        "lock_version": 1,
        "donnees": "{}",
        "titre": titre,
        "titre_cle": fold(titre),
        **columns,
    }
    query = insert(_D).values(row).returning(_D.c.id)
    return session.connection().execute(query).scalar_one()


def write_crowd(session: Session, office: Office, size: int) -> list[int]:
    """Dossiers with ties and gaps in every column that a list is sorted by."""
    identity = office.identity()
    structure = create_structure(session, identity, {"nom": "Les Jardins du Lez"}, NOW)
    porteur = find_or_create_personne(session, identity, "Ana Müller", None, None, NOW).id
    referents = (None, office.people["direction"].id, office.people["assistant"].id)
    ids = []
    for n in range(size):
        asked = AMOUNTS[n % len(AMOUNTS)]
        ids.append(
            write_dossier(
                session,
                office,
                stage=STAGES[n % len(STAGES)],
                stage_since=NOW - timedelta(hours=n % 7),
                ouvert_le=date(2026, 1 + n % 3, 1 + n % 5),
                commune=COMMUNES[n % len(COMMUNES)],
                departement=(None, "34", "06")[n % 3],
                referent_id=referents[n % len(referents)],
                structure_id=structure if n % 4 == 0 else None,
                porteur_id=porteur if n % 4 == 1 else None,
                montant_demande=asked,
                montant_accorde=asked if n % 2 else None,
                titre=f"Projet {n}",
            )
        )
    return ids
