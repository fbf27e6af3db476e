"""Minutes that wait for their PDF: one that cannot be printed holds no other back.

It is tried again, less and less often; whoever prepares the séance has a tâche, until it is done.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, func, or_, select, update
from sqlmodel import Session

from grants.comites.papiers.impression import print_minutes
from grants.comites.queries import seance_name
from grants.comites.reading import read_sitting
from grants.comites.tables import ProcesVerbal
from grants.dossiers.taches.service import insert_task
from grants.dossiers.taches.tables import Tache
from grants.organisation.identity import software
from grants.organisation.vocabulary import collegue_label
from workflow.database import Database, table_of
from workflow.dates import to_paris
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseGone, DatabaseReadOnly

_PV, _T = table_of(ProcesVerbal), table_of(Tache)
_WAITS = _PV.c.empreinte.is_not(None) & _PV.c.pdf.is_(None)
_OF_NO_PV = (DatabaseBusy, DatabaseFull, DatabaseGone, DatabaseReadOnly)
#: How long until the next try, from one failure to the next.
_DELAYS = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 720))
#: A first failure may be a passing one: nobody is told before the second.
_TOLD_AT = 2
_LONGEST = 300
_log = structlog.get_logger(__name__)


def print_waiting(database: Database, now: datetime) -> int:
    """Print the minutes that were validated and have no PDF yet; how many were."""
    with database.reading() as session:
        due = or_(_PV.c.prochain_essai.is_(None), _PV.c.prochain_essai <= now)
        waiting = session.connection().execute(
            select(_PV.c.organisme_id, _PV.c.seance_id)
            .where(_WAITS, due)
            .order_by(_PV.c.prochain_essai.is_not(None), _PV.c.seance_id)
        )
        found = [(row.organisme_id, row.seance_id) for row in waiting]
    return sum(_try(database, *each, now) for each in found)


def print_at_once(database: Database, organisme_id: int, seance_id: int, now: datetime) -> bool:
    """Print these minutes if they wait for it; a failure is kept for the clock, not raised."""
    with database.reading() as session:
        query = select(_PV.c.seance_id).where(
            _WAITS, _PV.c.organisme_id == organisme_id, _PV.c.seance_id == seance_id
        )
        if session.connection().execute(query).first() is None:
            return False
    return _try(database, organisme_id, seance_id, now)


def unprinted(connection: Connection) -> tuple[int, datetime | None]:
    """How many minutes could not be printed yet, and since when the oldest waits."""
    query = select(func.count(), func.min(_PV.c.valide_le)).where(_WAITS, _PV.c.essais > 0)
    number, since = connection.execute(query).one()
    return number, since


def _try(database: Database, organisme_id: int, seance_id: int, now: datetime) -> bool:
    try:
        printed = print_minutes(database, organisme_id, seance_id, now)
    except _OF_NO_PV:
        raise
    except Exception as fault:  # noqa: BLE001 — kept and tried again: the others are printed
        _log.error("pv_non_imprime", seance=seance_id, exc_info=fault)
        with database.unit_of_work() as session:
            _keep_failure(session, organisme_id, seance_id, fault, now)
        return False
    if printed:
        with database.unit_of_work() as session:
            _close_task(session.connection(), organisme_id, seance_id, now)
    return printed


def _keep_failure(
    session: Session, organisme_id: int, seance_id: int, fault: Exception, now: datetime
) -> None:
    connection = session.connection()
    seance = read_sitting(connection, organisme_id, seance_id, lock=True)
    query = select(_PV.c.essais, _PV.c.tache_id).where(_PV.c.seance_id == seance_id, _WAITS)
    row = connection.execute(query).first()
    if row is None:
        return
    tries = row.essais + 1
    values = {
        "essais": tries,
        "prochain_essai": now + _DELAYS[min(tries, len(_DELAYS)) - 1],
        "echec": f"{type(fault).__name__} : {fault}"[:_LONGEST],
    }
    if tries >= _TOLD_AT and row.tache_id is None:
        holder = seance.row["organisateur_id"]
        known = holder is not None and collegue_label(connection, organisme_id, holder)
        task = {
            "dossier_id": None,
            "titre": f"Prévenir qui tient le logiciel : le procès-verbal ne s’imprime pas,"
            f" {seance_name(seance.row)}"[:200],
            "pour_id": holder if known else None,
            "pour_le": to_paris(now).date(),
            "echeance_id": None,
        }
        values["tache_id"] = insert_task(connection, software(organisme_id), task, now)
    connection.execute(update(_PV).where(_PV.c.seance_id == seance_id).values(**values))


def _close_task(connection: Connection, organisme_id: int, seance_id: int, now: datetime) -> None:
    """It was printed after all: nobody has to tell anybody."""
    mine = select(_PV.c.tache_id).where(_PV.c.seance_id == seance_id)
    id = connection.execute(mine).scalar()
    if id is None:
        return
    by = software(organisme_id)
    done = update(_T).where(
        _T.c.id == id, _T.c.organisme_id == organisme_id, _T.c.faite_le.is_(None)
    )
    connection.execute(
        done.values(faite_le=now, faite_par=by.nom, modifiee_par=by.nom, modifiee_le=now)
    )
