"""What is done with séances: planned, moved, each change recorded, what hangs on them following."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from grants.comites.tables import Seance
from grants.dossiers.advance import follow_dates, settle
from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field

_D = table_of(Dossier)

CREATED = "seance_creee"
#: No journaled row is ever deleted: a séance planned by mistake is moved, not removed.
SEANCES = Ledger(
    "seance",
    table_of(Seance),
    {CREATED: "Séance prévue", "seance_modifiee": "Séance modifiée"},
)

SEANCE_FIELDS = (
    Field(
        key="comite",
        label="Comité",
        type="texte",
        required=True,
        longest=60,
        help="Le nom court de l'instance, comme CTS ou Comité d'appui.",
    ),
    Field(key="tenue_le", label="Date et heure", type="date_heure", required=True),
    Field(key="lieu", label="Lieu", type="texte", longest=300),
    Field(
        key="cloture_inscriptions",
        label="Clôture des inscriptions",
        type="date",
        required=True,
        help="Dernier jour où un dossier peut être inscrit à cette séance.",
    ),
)


def create_seance(
    session: Session,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Plan a séance; its id, or that of the one this very form (`key`) already made.

    Never commits. Raises Invalid with every fault, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    done = SEANCES.created_by(connection, identity.organisme_id, CREATED, key)
    if done is not None:
        return done
    values, faults = _read(raw)
    if faults:
        raise Invalid(faults)
    return SEANCES.create(connection, identity, values, Fact(CREATED, now, key=key))


def modify_seance(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change a séance; the échéances of its dossiers follow its date. True if anything changed.

    Never commits. Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = SEANCES.lock(connection, identity.organisme_id, id, version)
    values, faults = _read(raw)
    inscribed = _inscribed(connection, identity.organisme_id, id)
    if "tenue_le" not in faults and _undone(row, values["tenue_le"], inscribed, now):
        faults["tenue_le"] = (
            "Cette séance a eu lieu et des dossiers y sont passés : elle ne peut plus être reportée"
            " dans l'avenir. Prévoyez une nouvelle séance."
        )
    if faults:
        raise Invalid(faults)
    changes = SEANCES.change(connection, identity, row, values, Fact("seance_modifiee", now))
    if changes:
        for dossier_id in inscribed:
            _follow(session, engine, identity.organisme_id, dossier_id, now)
    return bool(changes)


def _read(raw: Mapping[str, Raw]) -> tuple[dict[str, Any], dict[str, str]]:
    values, faults = parse_fields(SEANCE_FIELDS, raw, FIELD_TYPES)
    held, closing = values.get("tenue_le"), values.get("cloture_inscriptions")
    if held is not None and closing is not None and closing > to_paris(held).date():
        faults["cloture_inscriptions"] = (
            "Les inscriptions se terminent le jour de la séance au plus tard :"
            " avancez leur clôture, ou repoussez la séance."
        )
    if "lieu" in values:
        values["lieu"] = values["lieu"] or ""
    return values, faults


def _undone(
    row: Mapping[str, Any], moved_to: datetime, inscribed: list[int], now: datetime
) -> bool:
    """Whether a séance that dossiers went through would become one that is still to come."""
    return bool(inscribed) and row["tenue_le"] <= now < moved_to


def _inscribed(connection: Connection, organisme_id: int, seance_id: int) -> list[int]:
    query = select(_D.c.id).where(_D.c.organisme_id == organisme_id, _D.c.seance_id == seance_id)
    return list(connection.execute(query.order_by(_D.c.id)).scalars())


def _follow(
    session: Session, engine: Engine, organisme_id: int, dossier_id: int, now: datetime
) -> None:
    connection = session.connection()
    subject = read_subject(connection, engine, organisme_id, dossier_id, lock=True)
    follow_dates(connection, engine, subject, now)
    settle(session, engine, subject, now)
