"""Tâches: given, done, taken back, changed. A dossier they hang on tells it in its journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.dossiers.answers import read_fields
from grants.dossiers.chain import record_fact
from grants.dossiers.queries import dossier_by_reference
from grants.dossiers.reading import read_subject
from grants.dossiers.taches.tables import Tache
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity
from workflow.database import LARGEST_ID, table_of
from workflow.dates import format_date, format_datetime, to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Stale
from workflow.field_contract import Raw
from workflow.pipeline import Field
from workflow.subject import Subject

CREATED, DONE, REOPENED, CHANGED = "tache_creee", "tache_faite", "tache_rouverte", "tache_modifiee"
_T = table_of(Tache)

TACHE_FIELDS = (
    Field(key="titre", label="À faire", type="texte", required=True, longest=200),
    Field(key="pour", label="Pour", type="collegue", required=True),
    Field(key="pour_le", label="Pour le", type="date", required=True),
)
DOSSIER_FIELD = Field(
    key="dossier",
    label="Dossier",
    type="texte",
    longest=20,
    help="Sa référence, si la tâche en concerne un.",
)
_PAST = "Ce jour est passé. Choisissez aujourd'hui, ou un jour à venir."
_UNKNOWN = "Aucun dossier ne porte cette référence. Vérifiez-la."


@dataclass(frozen=True, slots=True)
class NewTask:
    """A tâche as typed (`titre`, `pour`, `pour_le`, `dossier`), and the form's key.

    `dossier_id` where it was typed on a dossier's own page.
    """

    raw: Mapping[str, Raw]
    dossier_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What a click on a tâche did: its title, when, and whether anything did change."""

    id: int
    titre: str
    at: datetime
    changed: bool


def create_task(
    session: Session, engine: Engine, identity: Identity, task: NewTask, now: datetime
) -> int:
    """Give a tâche to a colleague, or to oneself. The same key makes it once. Never commits.

    Raises Invalid with every fault, NotFound for a dossier that is not there, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    already = _made_by(connection, identity.organisme_id, task.key)
    if already is not None:
        return already
    asked = TACHE_FIELDS if task.dossier_id is not None else (*TACHE_FIELDS, DOSSIER_FIELD)
    values, labels, faults = read_fields(connection, engine, identity.organisme_id, asked, task.raw)
    faults |= _past(values, None, now)
    dossier_id, unknown = _dossier_id(connection, identity, task, values)
    faults |= unknown
    if faults:
        raise Invalid(faults)
    subject = _dossier(connection, engine, identity, dossier_id)
    row = {
        "dossier_id": dossier_id,
        "titre": values["titre"],
        "pour_id": values["pour"],
        "pour_le": values["pour_le"],
        "cle": task.key,
    }
    try:
        with connection.begin_nested():
            id = insert_task(connection, identity, row, now)
    except IntegrityError:
        # The same form, sent twice at once: the first one is kept.
        already = _made_by(connection, identity.organisme_id, task.key)
        if already is None:
            raise
        return already
    told = {"tache_pour": labels["pour"], "tache_date": format_date(values["pour_le"])}
    _tell(session, engine, identity, subject, CREATED, values["titre"], now, _from_nothing(told))
    return id


def insert_task(
    connection: Connection, identity: Identity, row: Mapping[str, Any], now: datetime
) -> int:
    """Write a new tâche of the identity's organisme; its id."""
    whole = {
        "organisme_id": identity.organisme_id,
        "auteur_id": identity.compte_id,
        "auteur": identity.nom,
        "creee_le": now,
        "version": 1,
        "modifiee_par": identity.nom,
        "modifiee_le": now,
        **row,
    }
    return connection.execute(insert(_T).values(whole).returning(_T.c.id)).scalar_one()


def finish_task(
    session: Session, engine: Engine, identity: Identity, task_id: int, now: datetime
) -> TaskChange:
    """Say that a tâche is done, whoever's it was. Done twice, it is done once. Never commits.

    Raises NotFound, ReadOnly.
    """
    row, subject = _locked(session, engine, identity, task_id)
    if row["faite_le"] is not None:
        return TaskChange(row["id"], row["titre"], row["faite_le"], changed=False)
    done = {"faite_le": now, "faite_par_id": identity.compte_id, "faite_par": identity.nom}
    _write(session.connection(), identity, row, done, now)
    _tell(session, engine, identity, subject, DONE, row["titre"], now)
    return TaskChange(row["id"], row["titre"], now, changed=True)


def reopen_task(
    session: Session,
    engine: Engine,
    identity: Identity,
    task_id: int,
    now: datetime,
    done_at: datetime | None = None,
) -> TaskChange:
    """A tâche is to be done after all. `done_at`: only if it is still as done that time.

    Never commits. Raises NotFound, ReadOnly.
    """
    row, subject = _locked(session, engine, identity, task_id)
    if row["faite_le"] is None or done_at not in (None, row["faite_le"]):
        return TaskChange(row["id"], row["titre"], now, changed=False)
    undone = {"faite_le": None, "faite_par_id": None, "faite_par": None}
    _write(session.connection(), identity, row, undone, now)
    _tell(session, engine, identity, subject, REOPENED, row["titre"], now)
    return TaskChange(row["id"], row["titre"], now, changed=True)


def modify_task(
    session: Session,
    engine: Engine,
    identity: Identity,
    task_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Say it otherwise, give it to somebody else, put it off. True if anything did change.

    Never commits. Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    row, subject = _locked(session, engine, identity, task_id)
    connection = session.connection()
    if version not in (None, row["version"]):
        when = format_datetime(row["modifiee_le"])
        raise Stale(row["modifiee_par"], row["modifiee_le"], when, "Tâche modifiée")
    values, labels, faults = read_fields(
        connection, engine, identity.organisme_id, TACHE_FIELDS, raw
    )
    faults |= _past(values, row["pour_le"], now)
    if faults:
        raise Invalid(faults)
    after = {"titre": values["titre"], "pour_id": values["pour"], "pour_le": values["pour_le"]}
    changes = {key: value for key, value in after.items() if value != row[key]}
    if not changes:
        return False
    told = _differences(row, changes, labels)
    _write(connection, identity, row, changes, now)
    _tell(session, engine, identity, subject, CHANGED, values["titre"], now, told)
    return True


def read_task(connection: Connection, organisme_id: int, task_id: int) -> Mapping[str, Any]:
    """One tâche of an organisme. Raises NotFound, also for another organisme's."""
    return _read(connection, organisme_id, task_id, lock=False)


def _read(
    connection: Connection, organisme_id: int, task_id: int, *, lock: bool
) -> Mapping[str, Any]:
    if not 0 < task_id <= LARGEST_ID:
        raise NotFound
    query = select(*_T.c).where(_T.c.id == task_id, _T.c.organisme_id == organisme_id)
    found = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if found is None:
        raise NotFound
    return dict(found)


def _locked(
    session: Session, engine: Engine, identity: Identity, task_id: int
) -> tuple[Mapping[str, Any], Subject | None]:
    """The tâche and its dossier, the dossier locked first, as everybody does."""
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = _read(connection, organisme_id, task_id, lock=False)
    subject = _dossier(connection, engine, identity, row["dossier_id"])
    return _read(connection, organisme_id, task_id, lock=True), subject


def _dossier(
    connection: Connection, engine: Engine, identity: Identity, dossier_id: int | None
) -> Subject | None:
    if dossier_id is None:
        return None
    return read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)


def _write(
    connection: Connection,
    identity: Identity,
    row: Mapping[str, Any],
    changes: Mapping[str, Any],
    now: datetime,
) -> None:
    trace = {"version": row["version"] + 1, "modifiee_par": identity.nom, "modifiee_le": now}
    connection.execute(update(_T).where(_T.c.id == row["id"]).values(**changes, **trace))


def _tell(
    session: Session,
    engine: Engine,
    identity: Identity,
    subject: Subject | None,
    event: str,
    titre: str,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """The dossier's journal says it, where the tâche hangs on one."""
    if subject is None:
        return
    content: dict[str, Any] = {"texte": titre}
    if changes:
        content["changements"] = dict(changes)
    record_fact(session, engine, subject, identity, event, content, now)
    store_chain(session.connection(), subject)


def _made_by(connection: Connection, organisme_id: int, key: str | None) -> int | None:
    """The tâche that this very form already made."""
    if key is None:
        return None
    query = select(_T.c.id).where(_T.c.organisme_id == organisme_id, _T.c.cle == key)
    return connection.execute(query).scalar_one_or_none()


def _dossier_id(
    connection: Connection, identity: Identity, task: NewTask, values: Mapping[str, Any]
) -> tuple[int | None, dict[str, str]]:
    """The dossier that the tâche is about, or what is wrong with the one typed."""
    reference = values.get(DOSSIER_FIELD.key)
    if task.dossier_id is not None or not reference:
        return task.dossier_id, {}
    found = dossier_by_reference(connection, identity.organisme_id, reference.upper())
    return found, {} if found is not None else {DOSSIER_FIELD.key: _UNKNOWN}


def _past(values: Mapping[str, Any], before: date | None, now: datetime) -> dict[str, str]:
    """Nobody is given something to do by a day that is over; a late tâche may stay late."""
    day = values.get("pour_le")
    if day is None or day == before or day >= to_paris(now).date():
        return {}
    return {"pour_le": _PAST}


def _from_nothing(told: Mapping[str, str]) -> dict[str, Any]:
    return {key: {"avant": None, "apres": value} for key, value in told.items()}


def _differences(
    row: Mapping[str, Any], changes: Mapping[str, Any], labels: Mapping[str, str]
) -> dict[str, Any]:
    """What changed, in words."""
    told: dict[str, Any] = {}
    if "pour_id" in changes:
        told["tache_pour"] = {"avant": None, "apres": labels["pour"]}
    if "pour_le" in changes:
        before, after = format_date(row["pour_le"]), format_date(changes["pour_le"])
        told["tache_date"] = {"avant": before, "apres": after}
    return told
