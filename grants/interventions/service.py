"""Interventions: noted, corrected, taken back; what hangs on the time spent follows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from grants.dossiers.chain import record_fact
from grants.dossiers.writing import store_chain
from grants.interventions.durees import DAY, format_duration
from grants.interventions.fields import (
    DOSSIER_FIELDS,
    NATURES,
    intervention_fields,
    read_intervention,
)
from grants.interventions.suites import follow_time, time_before
from grants.interventions.tables import Intervention
from grants.interventions.vocabulary import CORRECTED, NOTED, TAKEN_BACK
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.tables import Adhesion, Compte
from workflow.database import table_of
from workflow.dates import format_date
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.field_contract import Raw
from workflow.subject import Subject

_I, _A, _C = table_of(Intervention), table_of(Adhesion), table_of(Compte)
LEDGER = Ledger(
    "intervention",
    _I,
    {
        NOTED: "Intervention notée",
        CORRECTED: "Intervention corrigée",
        TAKEN_BACK: "Intervention retirée",
    },
)


@dataclass(frozen=True, slots=True)
class NewIntervention:
    """An intervention as typed, and the form's key; `dossier_id` where its page was the form."""

    raw: Mapping[str, Raw]
    dossier_id: int | None = None
    key: str | None = None


def log_intervention(
    session: Session, engine: Engine, identity: Identity, new: NewIntervention, now: datetime
) -> int:
    """Note the time that somebody spent; its id. The same key notes it once. Never commits.

    Raises Invalid with every fault, NotFound for a dossier that is not there, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    done = LEDGER.created_by(connection, organisme_id, NOTED, new.key)
    if done is not None:
        return done
    fields = intervention_fields(engine) if new.dossier_id is None else DOSSIER_FIELDS
    typed = read_intervention(
        connection, engine, organisme_id, fields, new.raw, now, new.dossier_id
    )
    who = typed.who or identity.compte_id
    if who is None:
        raise Invalid({"qui": "Choisissez qui est intervenu."})
    values = {**typed.values, "compte_id": who}
    _require_room(connection, organisme_id, values, None)
    before = time_before(connection, engine, organisme_id, [values])
    id = LEDGER.create(connection, identity, values, Fact(NOTED, now, key=new.key))
    _tell(session, engine, identity, before.subject(values["dossier_id"]), NOTED, values, now)
    follow_time(session, engine, before, now)
    return id


def correct_intervention(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Say otherwise what was done. True if anything changed. Never commits.

    Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = _lock(connection, organisme_id, id, version)
    fields = intervention_fields(engine, changing=True)
    typed = read_intervention(connection, engine, organisme_id, fields, raw, now)
    values = {**typed.values, "compte_id": row["compte_id"]}
    _require_room(connection, organisme_id, values, id)
    before = time_before(connection, engine, organisme_id, [row, values])
    changes = LEDGER.change(connection, identity, row, typed.values, Fact(CORRECTED, now))
    if changes:
        here, there = row["dossier_id"], values["dossier_id"]
        if here != there:
            _tell(session, engine, identity, before.subject(here), TAKEN_BACK, row, now)
        event = CORRECTED if here == there else NOTED
        _tell(session, engine, identity, before.subject(there), event, values, now)
        follow_time(session, engine, before, now)
    return bool(changes)


def take_back_intervention(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    now: datetime,
    version: int | None = None,
) -> bool:
    """It counts no more; the journal keeps it. True if it did until now. Never commits.

    Raises NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = LEDGER.lock(connection, identity.organisme_id, id, version)
    if row["retiree_le"] is not None:
        return False
    before = time_before(connection, engine, identity.organisme_id, [row])
    fact = Fact(TAKEN_BACK, now, {"texte": told(row)})
    LEDGER.note(connection, identity, row, fact, {"retiree_le": now})
    subject = before.subject(row["dossier_id"])
    _tell(session, engine, identity, subject, TAKEN_BACK, row, now)
    follow_time(session, engine, before, now)
    return True


def read_row(connection: Connection, organisme_id: int, id: int) -> dict[str, Any]:
    """One intervention that counts. Raises NotFound."""
    row = LEDGER.read(connection, organisme_id, id)
    if row["retiree_le"] is not None:
        raise NotFound
    return row


def told(row: Mapping[str, Any]) -> str:
    """An intervention in a few words."""
    km = f", {row['km']} km" if row["km"] else ""
    nature = NATURES.get(row["nature"], row["nature"])
    return f"{nature}, {format_duration(row['minutes'])}{km}, le {format_date(row['le'])}"


def _lock(
    connection: Connection, organisme_id: int, id: int, version: int | None
) -> dict[str, Any]:
    row = LEDGER.lock(connection, organisme_id, id, version)
    if row["retiree_le"] is not None:
        raise NotFound
    return row


def _require_room(
    connection: Connection, organisme_id: int, values: Mapping[str, Any], id: int | None
) -> None:
    """A day has 24 hours, also when two windows are typed in at once. Raises Invalid."""
    who, day = values["compte_id"], values["le"]
    membership = (_A.c.organisme_id == organisme_id, _A.c.compte_id == who)
    connection.execute(select(_A.c.id).where(*membership).with_for_update()).first()
    others = select(func.sum(_I.c.minutes)).where(
        _I.c.organisme_id == organisme_id,
        _I.c.compte_id == who,
        _I.c.le == day,
        _I.c.retiree_le.is_(None),
        _I.c.id != (id or 0),
    )
    whole = int(connection.execute(others).scalar() or 0) + values["minutes"]
    if whole > DAY:
        name = connection.execute(select(_C.c.nom).where(_C.c.id == who)).scalar_one()
        sentence = (
            f"La journée du {format_date(day)} compterait {format_duration(whole)} pour {name} :"
            " elle n’en a que 24. Vérifiez la durée ou la date."
        )
        raise Invalid({"duree": sentence})


def _tell(
    session: Session,
    engine: Engine,
    identity: Identity,
    subject: Subject | None,
    event: str,
    row: Mapping[str, Any],
    now: datetime,
) -> None:
    """The dossier that the time was spent on says so in its history."""
    if subject is not None:
        record_fact(session, engine, subject, identity, event, {"texte": told(row)}, now)
        store_chain(session.connection(), subject)
