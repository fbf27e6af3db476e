"""Appointments with a porteur: fixed by a move, or moved to another day afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from grants.dossiers.advance import follow_dates, settle
from grants.dossiers.answers import read_fields
from grants.dossiers.chain import record_fact
from grants.dossiers.queries import appointments_of
from grants.dossiers.reading import read_subject
from grants.dossiers.staleness import is_replay
from grants.dossiers.tables import RendezVous
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid
from workflow.field_contract import Raw
from workflow.pipeline import Field
from workflow.subject import Subject

EVENT = "rendez_vous_fixe"


class DossierEnded(DomainError):
    """Ce dossier est à son terme (« {stage} ») : on n'y fixe plus de rendez-vous."""

    code = "dossier_termine"


APPOINTMENT_FIELDS = (
    Field(key="rendez_vous", label="Date et heure", type="date_heure", required=True),
    Field(key="lieu_rendez_vous", label="Lieu", type="texte", longest=300),
)


def fix_appointment(session: Session, subject: Subject, at: datetime, place: str | None) -> None:
    """The appointment now in force; the earlier ones stay as history."""
    session.execute(
        insert(RendezVous).values(
            organisme_id=subject.tenant_id, dossier_id=subject.id, le=at, lieu=place or ""
        )
    )


def meet_on(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> Subject:
    """Fix another appointment: the reminders follow it. Never commits.

    Raises Invalid, NotFound, DossierEnded.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    if is_replay(connection, subject, EVENT, key):
        return subject
    stage = engine.machine(subject).pipeline.stage(subject.stage)
    if stage.final:
        raise DossierEnded(stage=stage.label)
    values, _labels, faults = read_fields(
        connection, engine, subject.tenant_id, APPOINTMENT_FIELDS, raw
    )
    if faults:
        raise Invalid(faults)
    at, place = values["rendez_vous"], values.get("lieu_rendez_vous")
    before = next(iter(appointments_of(connection, subject.id)), {})
    fix_appointment(session, subject, at, place)
    said = _told(
        engine, {"rendez_vous": before.get("le"), "lieu_rendez_vous": before.get("lieu")}, values
    )
    record_fact(session, engine, subject, identity, EVENT, {"changements": said}, now, key)
    store_chain(connection, subject)
    follow_dates(connection, engine, subject, now)
    settle(session, engine, subject, now)
    return subject


def _told(engine: Engine, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, as the journal keeps it."""
    types = engine.vocabulary.field_types
    return {
        field.key: {
            "avant": types[field.type].dump(before[field.key] or None),
            "apres": types[field.type].dump(after.get(field.key)),
        }
        for field in APPOINTMENT_FIELDS
        if (before[field.key] or None) != after.get(field.key)
    }
