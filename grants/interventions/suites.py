"""What follows from time that was noted, corrected or taken back, in the same transaction.

A dossier moves forward by itself when the time of the year goes above its limit. It never moves
back by itself: where a correction brings the time down again, whoever holds the dossier is given
a tâche, and the direction corrects the stage if it was an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlmodel import Session

from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import parameters_of, read_subject
from grants.dossiers.tables import Dossier
from grants.dossiers.taches.service import CREATED, insert_task
from grants.dossiers.writing import store_chain
from grants.interventions.durees import format_duration
from grants.interventions.vocabulary import (
    HALF_DAY,
    is_above,
    longest_year,
    names_time,
    time_of_years,
)
from grants.organisation.identity import software
from grants.organisation.vocabulary import collegue_label
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.pipeline import Action
from workflow.subject import Subject

_D = table_of(Dossier)


@dataclass(frozen=True, slots=True)
class Before:
    """The dossiers that the time concerns, locked; those that had gone above their limit."""

    subjects: Mapping[int, Subject]
    above: frozenset[int]

    def subject(self, dossier_id: int | None) -> Subject | None:
        """One of them."""
        return None if dossier_id is None else self.subjects.get(dossier_id)


def time_before(
    connection: Connection, engine: Engine, organisme_id: int, rows: Sequence[Mapping[str, Any]]
) -> Before:
    """How the dossiers that these interventions concern stand, before anything is written.

    They are locked in the order of their ids: two colleagues may write about them at once.
    """
    named = {row["dossier_id"] for row in rows} - {None}
    structures = {row["structure_id"] for row in rows} - {None}
    query = select(_D.c.id, _D.c.pipeline, _D.c.pipeline_version, _D.c.stage).where(
        _D.c.organisme_id == organisme_id,
        or_(_D.c.id.in_(named), _D.c.structure_id.in_(structures)),
    )
    found = connection.execute(query.order_by(_D.c.id)).all()
    ids = [row.id for row in found if row.id in named or _hangs_on_time(engine, row)]
    subjects = {id: read_subject(connection, engine, organisme_id, id, lock=True) for id in ids}
    above = (id for id, subject in subjects.items() if _went_above(connection, engine, subject))
    return Before(subjects, frozenset(above))


def follow_time(session: Session, engine: Engine, before: Before, now: datetime) -> None:
    """Settle the dossiers concerned; say where the time came down to its limit again."""
    connection = session.connection()
    for subject in before.subjects.values():
        settle(session, engine, subject, now)
        if subject.id in before.above and not _went_above(connection, engine, subject):
            _give_notice(session, engine, subject, now)


def _hangs_on_time(engine: Engine, row: Any) -> bool:
    """Whether a dossier could move by the time spent, or came where it is by it."""
    machine = engine.catalogue.machine(row.pipeline, row.pipeline_version)
    return any(
        row.stage == action.to or row.stage in machine.pipeline.origins(action)
        for action in _by_time(machine.pipeline.actions)
    )


def _by_time(actions: Iterable[Action]) -> list[Action]:
    return [
        action
        for action in actions
        if action.automatic and names_time(reference.name for reference in action.guards)
    ]


def _went_above(connection: Connection, engine: Engine, subject: Subject) -> bool:
    """Whether it stands where time leads, and the time spent is still enough for it."""
    pipeline, half = engine.machine(subject).pipeline, parameters_of(engine, subject).get(HALF_DAY)
    if half is None or subject.stage not in {each.to for each in _by_time(pipeline.actions)}:
        return False
    return is_above(_spent(connection, engine, subject), half)


def _spent(connection: Connection, engine: Engine, subject: Subject) -> int:
    times = time_of_years(connection, subject)
    dispositif = engine.machine(subject).pipeline.dispositif
    return longest_year(times, dispositif, subject.row["ouvert_le"].year)


def _give_notice(session: Session, engine: Engine, subject: Subject, now: datetime) -> None:
    """A tâche for whoever holds the dossier: it stays where it is until somebody decides."""
    connection, by = session.connection(), software(subject.tenant_id)
    stage = engine.machine(subject).pipeline.stage(subject.stage).label
    spent = format_duration(_spent(connection, engine, subject))
    titre = f"Vérifier l’étape « {stage} » : le temps de l’année est redescendu à {spent}"
    holder = subject.relative.get("referent")
    name = collegue_label(connection, subject.tenant_id, holder) if holder else None
    today = to_paris(now).date()
    row = {
        "dossier_id": subject.id,
        "titre": titre,
        "pour_id": holder if name else None,
        "pour_le": today,
    }
    insert_task(connection, by, row, now)
    said = {"tache_pour": name, "tache_date": format_date(today)}
    changes = {key: {"avant": None, "apres": value} for key, value in said.items() if value}
    content = {"texte": titre, "changements": changes}
    record_fact(session, engine, subject, by, CREATED, content, now)
    store_chain(connection, subject)
