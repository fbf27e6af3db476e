"""The pièces of a dossier, as if their files stood on the disk."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from grants.dossiers.pieces.service import Handed, hand_in, validate
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from workflow.engine import Engine


def handed(name: str) -> Handed:
    """A file that the domain never opens."""
    digest = sha256(name.encode()).hexdigest()
    return Handed(f"{name}.pdf", "pdf", 1000, digest, digest[:32], 1)


def validate_all(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier: int,
    now: datetime,
    *keys: str,
) -> None:
    """Hand in and validate these pièces, or all that a move from here waits for."""
    organisme = identity.organisme_id
    subject = read_subject(session.connection(), engine, organisme, dossier, lock=False)
    machine = engine.machine(subject)
    moves = set(machine.leaving(subject.stage))
    waited = [each.key for each in machine.pipeline.pieces if moves & {*each.required_for}]
    for key in keys or waited:
        work = (session, engine, identity, dossier, key)
        hand_in(*work, [handed(key)], now)
        validate(*work, {"date_document": now.date().isoformat()}, now)
