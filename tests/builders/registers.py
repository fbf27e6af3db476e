"""The journal of structures, personnes, séances and organismes, as tests check it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from grants.comites.chain import SEANCES
from grants.organisation.ledger import Ledger
from grants.organisation.people import PERSONNES
from grants.organisation.settings import ORGANISMES
from grants.structures.service import STRUCTURES
from workflow.database import Database
from workflow.journal_check import verify
from workflow.journal_reading import Line, lines_of

LEDGERS = (STRUCTURES, PERSONNES, SEANCES, ORGANISMES)


def story(database: Database, ledger: Ledger, id: int) -> list[Line]:
    """The journal of one row, oldest first."""
    with database.reading() as session:
        return lines_of(session.connection(), ledger.kind, id)[::-1]


def events(database: Database, ledger: Ledger, id: int) -> list[str]:
    """What happened to one row, oldest first."""
    return [line.event for line in story(database, ledger, id)]


def row_of(database: Database, ledger: Ledger, organisme_id: int, id: int) -> dict[str, Any]:
    """One row as it stands."""
    with database.reading() as session:
        return ledger.read(session.connection(), organisme_id, id)


def unsound(connection: Connection, ledgers: tuple[Ledger, ...] = LEDGERS) -> list[str]:
    """What the verification of these chains finds; those of other kinds are left out."""
    owners = {ledger.kind: ledger.table for ledger in ledgers}
    found = verify(connection, owners).findings
    return [str(finding) for finding in found if finding.kind in owners]
