"""One dossier read inside the transaction that may change it: row locked, names at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from grants.dossiers.columns import kept_values
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Identity
from grants.organisation.tables import Organisme, Personne
from grants.structures.tables import Structure
from workflow.database import LARGEST_ID, table_of
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.guards import Situation
from workflow.many import Among
from workflow.parameters import parameters_in_force
from workflow.statements import Statement
from workflow.subject import Subject, read_trail

KIND = "dossier"
_D, _O = table_of(Dossier), table_of(Organisme)
_S, _P = table_of(Structure), table_of(Personne)

_WITH_NAMES = (
    select(
        *_D.c,
        _O.c.nom.label("organisme_nom"),
        _O.c.parametres,
        _O.c.territoire,
        _S.c.nom.label("structure_nom"),
        _S.c.siret.label("structure_siret"),
        _P.c.nom.label("porteur_nom"),
        _P.c.email.label("porteur_email"),
        _P.c.telephone.label("porteur_telephone"),
        _P.c.civilite.label("porteur_civilite"),
    )
    .join(_O, _O.c.id == _D.c.organisme_id)
    .outerjoin(_S, _S.c.id == _D.c.structure_id)
    .outerjoin(_P, _P.c.id == _D.c.porteur_id)
)
_READ = _WITH_NAMES.where(
    _D.c.id == bindparam("dossier"), _D.c.organisme_id == bindparam("organisme")
)
_MANY_TO_CHANGE = Statement(
    _WITH_NAMES.where(Among(_D.c.id, "ids"))
    .order_by(_D.c.id)
    .with_for_update(of=_D, skip_locked=True)
)
_TO_SEE = Statement(_READ)
_TO_CHANGE = Statement(_READ.with_for_update(of=_D))


def read_subject(
    connection: Connection, engine: Engine, organisme_id: int, id: int, *, lock: bool
) -> Subject:
    """The dossier as the engine sees it. Raises NotFound, also for another organisme's."""
    if not 0 < id <= LARGEST_ID:
        raise NotFound
    statement = _TO_CHANGE if lock else _TO_SEE
    row = statement.first(connection, {"dossier": id, "organisme": organisme_id})
    if row is None:
        raise NotFound
    return as_subject(engine, row)


def lock_subjects(connection: Connection, engine: Engine, ids: Iterable[int]) -> dict[int, Subject]:
    """Many dossiers of any organisme, by id, those that nobody else is changing: no waiting."""
    rows = _MANY_TO_CHANGE.rows(connection, {"ids": list(ids)})
    return {row["id"]: as_subject(engine, row) for row in rows}


def as_subject(engine: Engine, row: Mapping[str, Any]) -> Subject:
    """A row of the reading statements → the engine's subject."""
    machine = engine.catalogue.machine(row["pipeline"], row["pipeline_version"])
    return Subject(
        kind=KIND,
        id=row["id"],
        tenant_id=row["organisme_id"],
        pipeline=row["pipeline"],
        pipeline_version=row["pipeline_version"],
        stage=row["stage"],
        stage_since=row["stage_since"],
        trail=read_trail(row["trail"]),
        seq=row["seq"],
        head=row["head"],
        lock_version=row["lock_version"],
        values=kept_values(row, machine.fields, engine.vocabulary.field_types),
        relative={"referent": row["referent_id"]},
        row=row,
    )


def situation_of(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    identity: Identity,
    at: datetime,
    facts: Iterable[str],
) -> Situation:
    """What the engine looks at: the subject, who acts, the parameters in force, these facts."""
    return situation_with(
        engine, subject, identity, at, load_facts(connection, engine, subject, facts)
    )


def situation_with(
    engine: Engine, subject: Subject, identity: Identity, at: datetime, facts: Mapping[str, Any]
) -> Situation:
    """The same, the facts having been read."""
    return Situation(
        subject=subject,
        pipeline=engine.machine(subject).pipeline,
        actor=identity.actor,
        at=at,
        parameters=parameters_of(engine, subject),
        facts=facts,
    )


def parameters_of(engine: Engine, subject: Subject) -> Mapping[str, Any]:
    """The parameters in force for a dossier: its organisme's own over its pipeline's."""
    pipeline, types = engine.machine(subject).pipeline, engine.vocabulary.field_types
    return parameters_in_force(pipeline, subject.row["parametres"], types)


def load_facts(
    connection: Connection, engine: Engine, subject: Subject, names: Iterable[str]
) -> dict[str, Any]:
    """Exactly these facts, each read by its provider in this transaction."""
    providers = engine.vocabulary.facts
    return {name: providers[name].provider(connection, subject) for name in names}


def load_facts_of_many(
    connection: Connection, engine: Engine, wanted: Mapping[str, Mapping[int, Subject]]
) -> dict[str, dict[int, Any]]:
    """By name then by dossier, those of these facts that can be read for many at once."""
    providers = engine.vocabulary.facts
    found: dict[str, dict[int, Any]] = {}
    for name, subjects in wanted.items():
        read = providers[name].of_many
        if read is not None:
            known = read(connection, list(subjects.values()))
            found[name] = {id: known.get(id) for id in subjects}
    return found
