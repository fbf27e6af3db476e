"""Dossiers taken over: numbered, their path told at its dates, what is due from now on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from grants.dossiers.advance import plan_stage
from grants.dossiers.columns import changed_columns, kept_values
from grants.dossiers.opening import OPENED
from grants.dossiers.readiness import UNSEEN
from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier, Numerotation
from grants.organisation.tables import Organisme
from grants.reprise.histories import Entered
from grants.reprise.known import DOSSIER, Fiche
from grants.reprise.plans import NewDossier
from grants.reprise.vocabulary import MOVED, TAKEN_OVER
from grants.reprise.writing import Chain, Work, insert_lines, insert_rows, take_ids
from workflow import echeances, journal
from workflow.conflicts import insert_into
from workflow.database import table_of
from workflow.dates import from_paris
from workflow.engine import Engine
from workflow.machine import PipelineMachine
from workflow.subject import Step, Subject, write_trail

_D, _N, _O = table_of(Dossier), table_of(Numerotation), table_of(Organisme)
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Path:
    """The pipeline that the dossiers follow, and where their reminders are counted."""

    engine: Engine
    machine: PipelineMachine
    organisme: Mapping[str, Any]


def path_of(work: Work, engine: Engine, machine: PipelineMachine) -> Path:
    """The way of an organisme's dossiers."""
    query = select(_O.c.territoire, _O.c.parametres).where(_O.c.id == work.identity.organisme_id)
    return Path(engine, machine, work.connection.execute(query).mappings().one())


def write_dossiers(work: Work, path: Path, dossiers: Sequence[NewDossier]) -> None:
    """Every dossier with its journal and what is due on it."""
    references = _number(work, path, dossiers)
    ids = take_ids(work.connection, _D, KIND, len(dossiers))
    rows, entries, lines = [], [], []
    for id, dossier, reference in zip(ids, dossiers, references, strict=True):
        row = _row(work, path, id, dossier, reference)
        told, seq, head = _story(work, path, row, dossier)
        row |= {"seq": seq, "head": head}
        rows.append(row)
        entries += told
        fiche = Fiche({}, line=dossier.line, empreinte=dossier.empreinte)
        lines.append((id, seq, fiche))
    insert_rows(work.connection, _D, rows)
    journal.append_all(work.connection, entries)
    insert_lines(work, DOSSIER, lines)
    _plan(work, path, rows)


def _number(work: Work, path: Path, dossiers: Sequence[NewDossier]) -> list[str]:
    """The reference of each: its own, or the next number of its year, never given twice."""
    prefix = path.machine.pipeline.prefix
    ours = re.compile(rf"{prefix}-([0-9]{{4}})-([0-9]{{3,7}})")
    highest: dict[int, int] = {}
    wanted: dict[int, int] = {}
    for dossier in dossiers:
        if dossier.reference is None:
            year = dossier.path[0].day.year
            wanted[year] = wanted.get(year, 0) + 1
        elif match := ours.fullmatch(dossier.reference):
            year, number = int(match[1]), int(match[2])
            highest[year] = max(highest.get(year, 0), number)
    next_of = {
        year: _reserve(work, prefix, year, wanted.get(year, 0), highest.get(year, 0))
        for year in sorted({*wanted, *highest})
    }
    found = []
    for dossier in dossiers:
        if dossier.reference is not None:
            found.append(dossier.reference)
            continue
        year = dossier.path[0].day.year
        found.append(f"{prefix}-{year}-{next_of[year]:03d}")
        next_of[year] += 1
    return found


def _reserve(work: Work, prefix: str, year: int, number: int, highest: int) -> int:
    """Keep numbers of a year, above those that the file gives itself; the first of them."""
    organisme_id = work.identity.organisme_id
    first = insert_into(work.connection.dialect.name, _N).values(
        organisme_id=organisme_id, prefixe=prefix, annee=year, dernier=0
    )
    work.connection.execute(first.on_conflict_do_nothing())
    mine = (_N.c.organisme_id == organisme_id, _N.c.prefixe == prefix, _N.c.annee == year)
    read = select(_N.c.dernier).where(*mine).with_for_update()
    last = max(work.connection.execute(read).scalar_one(), highest)
    work.connection.execute(_N.update().where(*mine).values(dernier=last + number))
    return last + 1


def _row(work: Work, path: Path, id: int, dossier: NewDossier, reference: str) -> dict[str, Any]:
    types, pipeline = path.engine.vocabulary.field_types, path.machine.pipeline
    blank = {column.name: None for column in _D.columns if column.nullable}
    answers = changed_columns({"donnees": "{}"}, dossier.answers, path.machine.fields, types)
    steps = tuple(Step(seq, each.stage) for seq, each in enumerate(dossier.path, start=1))
    return {
        **blank,
        "id": id,
        "organisme_id": work.identity.organisme_id,
        "reference": reference,
        "ouvert_le": dossier.path[0].day,
        "origine": dossier.origine,
        "porteur_id": dossier.porteur.id if dossier.porteur else None,
        "structure_id": dossier.structure.id if dossier.structure else None,
        "referent_id": dossier.referent_id,
        "plafond": dossier.plafond,
        "pipeline": pipeline.key,
        "pipeline_version": pipeline.version,
        "stage": dossier.path[-1].stage,
        "stage_since": _moment(dossier.path[-1], work.now),
        "trail": write_trail(steps),
        "lock_version": 1,
        "titre": "",
        "titre_cle": "",
        "donnees": "{}",
        "pret_pour": UNSEEN,
        **answers,
    }


def _story(
    work: Work, path: Path, row: Mapping[str, Any], dossier: NewDossier
) -> tuple[list[journal.Composed], int, str]:
    """The entries of a dossier: its opening and its moves at their dates, then today's reprise."""
    chain, entries, origin = Chain(), [], None
    for each in dossier.path:
        entry = journal.Entry(
            kind="mouvement" if origin else "ouverture",
            event=MOVED if origin else OPENED,
            actor=work.identity.actor,
            role=work.identity.role,
            at=_moment(each, work.now),
            pipeline=row["pipeline"],
            pipeline_version=row["pipeline_version"],
            from_stage=origin,
            to_stage=each.stage,
            first_entry=True,
            content={
                "reprise": work.reprise_id,
                "texte": f"Date reprise du fichier « {work.source} ».",
                **({} if origin else _told(path, row, dossier)),
            },
        )
        entries.append(work.tell(chain, KIND, row["id"], entry))
        origin = each.stage
    said = {"texte": f"Ligne {dossier.line} du fichier « {work.source} »."}
    entries.append(work.tell(chain, KIND, row["id"], work.fact(TAKEN_OVER, said)))
    return entries, chain.seq, chain.head


def _told(path: Path, row: Mapping[str, Any], dossier: NewDossier) -> dict[str, Any]:
    """What the opening says was known, as for any dossier."""
    types, fields = path.engine.vocabulary.field_types, path.machine.fields
    given = {key: types[fields[key].type].dump(value) for key, value in dossier.answers.items()}
    labels = {
        key: fiche.values["nom"]
        for key, fiche in (("porteur", dossier.porteur), ("structure", dossier.structure))
        if fiche is not None
    }
    return {"champs": {"reference": row["reference"], **given}, "libelles": labels}


def _moment(entered: Entered, now: datetime) -> datetime:
    """Noon in Paris of the day that the file gives; the file knows no hour. Never to come."""
    return min(from_paris(datetime.combine(entered.day, _NOON)), now)


def _plan(work: Work, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """What the present stage makes due from now on: what would be past already is not sent."""
    types, fields = path.engine.vocabulary.field_types, path.machine.fields
    due: list[tuple[Subject, echeances.Planned]] = []
    for row in rows:
        subject = Subject(
            kind=KIND,
            id=row["id"],
            tenant_id=row["organisme_id"],
            pipeline=row["pipeline"],
            pipeline_version=row["pipeline_version"],
            stage=row["stage"],
            stage_since=row["stage_since"],
            trail=(),
            seq=row["seq"],
            head=row["head"],
            lock_version=1,
            values=kept_values(row, fields, types),
            row={**row, **path.organisme},
        )
        planned = plan_stage(work.connection, path.engine, subject)
        due += [(subject, each) for each in planned if each.due_at > work.now]
    echeances.plan_many(work.connection, due)
