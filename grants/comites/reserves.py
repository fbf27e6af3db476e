"""The conditions that a comité put on its decision: lifted one by one, before the convention."""

from __future__ import annotations

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
from workflow.texts import TextFault, clean_text

_R, _X = table_of(Reserve), table_of(Decision)
LONGEST = 300


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
