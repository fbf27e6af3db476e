"""Addresses that an organisme writes to no more: a colleague notes them, or writes there again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.relances.courriers import RESTORED, SUSPENDED, tell_person, told
from notifications.suspensions import DEMANDE, RAPPELS, Suspension, lift, suspend
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.field_contract import Raw
from workflow.fields import parse_fields
from workflow.pipeline import Choice, Field

ADRESSE = Field(key="adresse", label="Adresse e-mail", type="email", required=True)
QUOI = Field(
    key="quoi",
    label="Ce qui s’arrête",
    type="choix",
    required=True,
    choices=(
        Choice(key=DEMANDE, label="Tout e-mail : ses lettres seront à imprimer"),
        Choice(key=RAPPELS, label="Les rappels seuls : ses lettres partent encore"),
    ),
)
MOTIF = Field(
    key="motif",
    label="Ce qui a été dit",
    type="texte",
    longest=200,
    help="Comme « Par téléphone, le 12 mars : préfère le courrier ».",
)
STOP_FIELDS = (ADRESSE, QUOI, MOTIF)


def stop_writing(
    session: Session, engine: Engine, identity: Identity, raw: Mapping[str, Raw], now: datetime
) -> bool:
    """Write to an address no more, because its owner asked. True if that stops more than before.

    Never commits. Raises ReadOnly, Invalid.
    """
    identity.require_writer()
    values = _read(engine, STOP_FIELDS, raw)
    why = Suspension(
        values[ADRESSE.key], values[QUOI.key], values[MOTIF.key] or "", now, identity.nom
    )
    return suspend_address(session, identity, why, now)


def write_again(
    session: Session, engine: Engine, identity: Identity, raw: Mapping[str, Raw], now: datetime
) -> bool:
    """Write to an address again. True if it was suspended. Never commits.

    Raises ReadOnly, Invalid.
    """
    identity.require_writer()
    return lift_suspension(session, identity, _read(engine, (ADRESSE,), raw)[ADRESSE.key], now)


def suspend_address(
    session: Session, identity: Identity, suspension: Suspension, now: datetime
) -> bool:
    """Write to an address no more. True if that is new. Never commits. Raises ReadOnly."""
    identity.require_writer()
    if not suspend(session.connection(), identity.organisme_id, suspension):
        return False
    tell_person(session, identity, suspension.email, SUSPENDED, told(suspension), now)
    return True


def lift_suspension(session: Session, identity: Identity, email: str, now: datetime) -> bool:
    """Write to an address again. True if it was suspended. Never commits. Raises ReadOnly."""
    identity.require_writer()
    if not lift(session.connection(), identity.organisme_id, email):
        return False
    tell_person(session, identity, email, RESTORED, f"On écrit de nouveau à {email}.", now)
    return True


def _read(engine: Engine, fields: tuple[Field, ...], raw: Mapping[str, Raw]) -> dict[str, Any]:
    values, faults = parse_fields(fields, raw, engine.vocabulary.field_types)
    if faults:
        raise Invalid(faults)
    return values
