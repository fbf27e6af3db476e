"""Who has a form of a dossier open: told to whoever opens it too, forgotten a minute later."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlmodel import Session

from grants.dossiers.brouillons.tables import Presence
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from grants.organisation.tables import Compte
from workflow.conflicts import insert_into
from workflow.database import Database, table_of
from workflow.engine import Engine

#: A page tells that it is open every 15 seconds: twice missed is not gone yet, three times is.
PRESENT_FOR = timedelta(seconds=45)
_P, _C = table_of(Presence), table_of(Compte)


def mark_present(
    session: Session, engine: Engine, identity: Identity, dossier_id: int, now: datetime
) -> None:
    """Write that somebody has a form of the dossier open. Never commits. Raises NotFound."""
    identity.require_writer()
    connection = session.connection()
    read_subject(connection, engine, identity.organisme_id, dossier_id, lock=False)
    who = {"dossier_id": dossier_id, "compte_id": identity.compte_id}
    row = {**who, "organisme_id": identity.organisme_id, "vue_le": now}
    connection.execute(
        insert_into(connection.dialect.name, _P)
        .values(row)
        .on_conflict_do_update(index_elements=list(who), set_={"vue_le": now})
    )


def mark_gone(session: Session, identity: Identity, dossier_id: int) -> None:
    """Write that somebody is done with the dossier. Never commits."""
    mine = (_P.c.dossier_id == dossier_id, _P.c.compte_id == identity.compte_id)
    session.connection().execute(delete(_P).where(*mine))


def others_present(
    connection: Connection, identity: Identity, dossier_id: int, now: datetime
) -> tuple[str, ...]:
    """The names of the colleagues who have a form of the dossier open."""
    query = (
        select(_C.c.nom)
        .join(_P, _P.c.compte_id == _C.c.id)
        .where(
            _P.c.organisme_id == identity.organisme_id,
            _P.c.dossier_id == dossier_id,
            _P.c.vue_le > now - PRESENT_FOR,
            _P.c.compte_id != identity.compte_id,
        )
        .order_by(_C.c.nom)
    )
    return tuple(connection.execute(query).scalars())


def forget_absent(database: Database, now: datetime) -> int:
    """Throw away what tells nothing any more; how many rows. In a transaction of its own."""
    with database.unit_of_work() as session:
        gone = delete(_P).where(_P.c.vue_le <= now - PRESENT_FOR)
        return session.connection().execute(gone).rowcount
