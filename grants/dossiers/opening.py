"""Opening a dossier: its number, its cap, its first line in the journal, its first échéances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlmodel import Session

from grants.dossiers.advance import EffectContext, plan_stage, settle
from grants.dossiers.columns import changed_columns
from grants.dossiers.reading import KIND, read_subject
from grants.dossiers.tables import Dossier, LienDossier, Numerotation
from grants.dossiers.writing import constraints_told, store_chain
from grants.organisation.identity import Identity
from grants.organisation.tables import Organisme
from workflow import echeances, journal
from workflow.columns import GENESIS
from workflow.conflicts import insert_into
from workflow.database import LARGEST_ID, table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, KeyReused
from workflow.journal_closed import spared_id
from workflow.parameters import parameters_in_force
from workflow.references import NotListed
from workflow.subject import Step, Subject, write_trail

_D, _N, _O = table_of(Dossier), table_of(Numerotation), table_of(Organisme)
OPENED = "ouverture"


@dataclass(frozen=True, slots=True)
class Opening:
    """A dossier to open: its pipeline, who carries it, and what is already known of the project.

    `values` are answers by field key, already typed (`titre`, `montant_demande`…).
    """

    pipeline: str
    opened_on: date
    porteur_id: int | None = None
    structure_id: int | None = None
    referent_id: int | None = None
    origin: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


def open_dossier(
    session: Session, engine: Engine, identity: Identity, opening: Opening, now: datetime
) -> Subject:
    """Open a dossier at the initial stage of its pipeline. Never commits.

    The same key opens it once: it is given back as it stands. Raises Invalid, KeyReused, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    already = opened_by(connection, engine, identity, opening.key)
    if already is not None:
        return already
    faults = _faults(connection, engine, identity, opening)
    if faults:
        raise Invalid(faults)
    row = _new_row(connection, engine, identity, opening, now)
    with constraints_told():
        dossier_id = connection.execute(insert(_D).values(row).returning(_D.c.id)).scalar_one()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=False)
    _record_opening(connection, engine, subject, identity, opening, now)
    store_chain(connection, subject)
    echeances.start_stage(connection, subject, plan_stage(connection, engine, subject), now)
    settle(session, engine, subject, now)
    return subject


def open_linked(context: EffectContext, pipeline: str, *, origin: str = "reorientation") -> Subject:
    """Open, from a dossier that moves, the one that takes it over, or goes on beside it."""
    row = context.subject.row
    carried = ("titre", "objet", "commune", "departement", "secteur")
    opening = Opening(
        pipeline=pipeline,
        opened_on=to_paris(context.move.at).date(),
        porteur_id=row["porteur_id"],
        structure_id=row["structure_id"],
        referent_id=_if_still_there(context, row["referent_id"]),
        origin=origin,
        values={key: row[key] for key in carried if row[key]},
    )
    opened = open_dossier(
        context.session, context.engine, context.identity, opening, context.move.at
    )
    link(context.session, row["organisme_id"], context.subject.id, opened.id, "suite")
    return opened


def _if_still_there(context: EffectContext, compte_id: int | None) -> int | None:
    """Who was in charge takes the new dossier too, unless they have left."""
    label = context.engine.vocabulary.references["collegue"].label
    connection, organisme_id = context.session.connection(), context.subject.tenant_id
    here = compte_id is not None and label(connection, organisme_id, compte_id) is not None
    return compte_id if here else None


def link(session: Session, organisme_id: int, origin_id: int, other_id: int, nature: str) -> None:
    """Write that two dossiers of one organisme belong together."""
    session.execute(
        insert(LienDossier).values(
            organisme_id=organisme_id, origine_id=origin_id, suite_id=other_id, nature=nature
        )
    )


def opened_by(
    connection: Connection, engine: Engine, identity: Identity, key: str | None
) -> Subject | None:
    """The dossier that this very form already opened. Raises KeyReused."""
    if key is None:
        return None
    # Two clicks at once: the second one waits here until the first one's dossier can be seen.
    query = select(_O.c.id).where(_O.c.id == identity.organisme_id)
    connection.execute(query.with_for_update(key_share=True))
    found = journal.find_by_key(connection, identity.organisme_id, key)
    if found is None:
        return None
    if (found["subject_kind"], found["event"]) != (KIND, OPENED):
        raise KeyReused
    id = found["subject_id"]
    return read_subject(connection, engine, identity.organisme_id, id, lock=False)


def _faults(
    connection: Connection, engine: Engine, identity: Identity, opening: Opening
) -> dict[str, str]:
    """What was chosen and is not there, or is another organisme's."""
    faults: dict[str, str] = {}
    if engine.catalogue.latest(opening.pipeline) is None:
        faults["pipeline"] = "Choisissez un dispositif dans la liste."
    for field_key, kind, id in (
        ("porteur", "personne", opening.porteur_id),
        ("structure", "structure", opening.structure_id),
        ("referent", "collegue", opening.referent_id),
    ):
        label = engine.vocabulary.references[kind].label
        if id is not None and not (
            0 < id <= LARGEST_ID and label(connection, identity.organisme_id, id)
        ):
            faults[field_key] = str(NotListed())
    return faults


def _new_row(
    connection: Connection, engine: Engine, identity: Identity, opening: Opening, now: datetime
) -> dict[str, Any]:
    loaded = engine.catalogue.latest(opening.pipeline)
    assert loaded is not None, "checked by open_dossier"
    pipeline, types = loaded.pipeline, engine.vocabulary.field_types
    overrides = connection.execute(
        select(_O.c.parametres).where(_O.c.id == identity.organisme_id)
    ).scalar_one()
    parameters = parameters_in_force(pipeline, overrides, types)
    blank = {"donnees": "{}"}
    answers = changed_columns(blank, opening.values, loaded.machine.fields, types)
    return {
        **spared_id(connection, KIND, _D),
        "organisme_id": identity.organisme_id,
        "reference": _next_reference(connection, identity.organisme_id, pipeline.prefix, opening),
        "ouvert_le": opening.opened_on,
        "origine": opening.origin,
        "porteur_id": opening.porteur_id,
        "structure_id": opening.structure_id,
        "referent_id": opening.referent_id,
        "plafond": parameters.get("plafond"),
        "pipeline": pipeline.key,
        "pipeline_version": pipeline.version,
        "stage": pipeline.initial,
        "stage_since": now,
        "trail": write_trail((Step(1, pipeline.initial),)),
        "seq": 0,
        "head": GENESIS,
        "lock_version": 1,
        "titre": "",
        "titre_cle": "",
        "donnees": "{}",
        **answers,
    }


def _next_reference(
    connection: Connection, organisme_id: int, prefix: str, opening: Opening
) -> str:
    """MP-2026-014: the next number of the organisme for this prefix and year, never given twice."""
    year = opening.opened_on.year
    first = insert_into(connection.dialect.name, _N).values(
        organisme_id=organisme_id, prefixe=prefix, annee=year, dernier=1
    )
    counted = first.on_conflict_do_update(
        index_elements=["organisme_id", "prefixe", "annee"], set_={"dernier": _N.c.dernier + 1}
    ).returning(_N.c.dernier)
    return f"{prefix}-{year}-{connection.execute(counted).scalar_one():03d}"


def _record_opening(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    identity: Identity,
    opening: Opening,
    now: datetime,
) -> None:
    row = subject.row
    fields, types = engine.machine(subject).fields, engine.vocabulary.field_types
    given = {
        key: types[fields[key].type].dump(value)
        for key, value in opening.values.items()
        if key in fields and value is not None
    }
    content: dict[str, Any] = {"champs": {"reference": row["reference"], **given}}
    labels = {"porteur": row["porteur_nom"], "structure": row["structure_nom"]}
    content["libelles"] = {key: name for key, name in labels.items() if name}
    entry = journal.Entry(
        kind="ouverture",
        event=OPENED,
        actor=identity.actor,
        role=identity.role,
        at=now,
        pipeline=subject.pipeline,
        pipeline_version=subject.pipeline_version,
        to_stage=subject.stage,
        first_entry=True,
        content=content,
        idempotency_key=opening.key,
    )
    journal.append(
        connection, subject, tenant_id=subject.tenant_id, kind=KIND, id=subject.id, entry=entry
    )
