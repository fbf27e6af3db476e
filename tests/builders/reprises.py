"""A file sent to be taken over, with something to mend in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.reprise.faults import Fault, pack
from grants.reprise.service import Sent, receive
from grants.reprise.tables import VERIFIEE, Reprise
from tests.builders.tables_sent import csv_of
from workflow.database import table_of
from workflow.engine import Engine

ROWS = (("Nom", "SIRET", "Commune", "Couleur"), ("Les Semis", "1,23E+13", "Sète", "vert"))


def faulty_reprise(session: Session, engine: Engine, identity: Identity, now: datetime) -> int:
    """A file of structures, checked: one of its cells is to be mended."""
    id = receive(session, engine, identity, Sent("structures", "suivi.csv", csv_of(*ROWS)), now)
    fault = Fault(2, 1, "SIRET", "1,23E+13", "Le tableur a abrégé ce numéro.")
    told = '{"anomalies": 1, "lignes": 1, "lignes_fautives": 1}'
    written = {"etat": VERIFIEE, "anomalies": pack([fault]), "bilan": told}
    table = table_of(Reprise)
    session.connection().execute(update(table).where(table.c.id == id).values(written))
    return id
