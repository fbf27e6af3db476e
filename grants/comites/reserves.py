"""The conditions that a comité put on its decision: lifted one by one, before the convention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from grants.comites.chain import record
from grants.comites.reading import read_sitting
from grants.comites.tables import Decision, Reserve
from grants.dossiers.advance import settle
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from workflow.database import LARGEST_ID, table_of
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field
from workflow.texts import TextFault, clean_text

_R, _X = table_of(Reserve), table_of(Decision)
LONGEST = 300
_LABEL = "Comment elle est levée"
LIFT_FIELD = Field(key="motif", label=_LABEL, type="texte", required=True, longest=LONGEST)


def lift_condition(
    session: Session, engine: Engine, identity: Identity, id: int, motif: str, now: datetime
) -> bool:
    """Say that a condition is met, and how. False if it was already. Never commits.

    Raises NotFound, Invalid, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    query = (
        select(_R.c.levee_le, _R.c.texte, _X.c.seance_id, _X.c.dossier_id)
        .join(_X, _X.c.id == _R.c.decision_id)
        .where(_R.c.id == id, _R.c.organisme_id == identity.organisme_id)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    try:
        why = clean_text(motif or "", longest=LONGEST, multiline=False)
    except TextFault as fault:
        raise Invalid({"motif": str(fault)}) from fault
    if not why:
        raise Invalid({"motif": "Dites en quelques mots comment la réserve est levée."})
    dossier = read_subject(connection, engine, identity.organisme_id, row.dossier_id, lock=True)
    seance = read_sitting(connection, identity.organisme_id, row.seance_id, lock=True)
    lifted = update(_R).where(_R.c.id == id, _R.c.levee_le.is_(None))
    values = {"levee_le": now, "levee_par": identity.nom, "levee_motif": why}
    if not connection.execute(lifted.values(**values)).rowcount:
        return False
    told = {"dossier": row.dossier_id, "reserve": row.texte, "motif": why}
    record(connection, seance, identity, "reserve_levee", told, now)
    settle(session, engine, dossier, now)
    return True


def lift_one(
    session: Session,
    engine: Engine,
    identity: Identity,
    place: tuple[int, int, int],
    raw: Mapping[str, Raw],
    now: datetime,
) -> bool:
    """The form by which a condition is lifted, kept. `place`: séance, dossier, réserve.

    Never commits. Raises NotFound, also where the réserve is not of this dossier at this séance,
    Invalid, ReadOnly.
    """
    seance_id, dossier_id, id = place
    query = (
        select(_R.c.id)
        .join(_X, _X.c.id == _R.c.decision_id)
        .where(
            _R.c.id == id,
            _R.c.organisme_id == identity.organisme_id,
            _X.c.seance_id == seance_id,
            _X.c.dossier_id == dossier_id,
        )
    )
    if session.connection().execute(query).first() is None:
        raise NotFound
    values, faults = parse_fields((LIFT_FIELD,), raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return lift_condition(session, engine, identity, id, values["motif"], now)
