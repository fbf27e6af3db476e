"""The work of a reprise, after the answer: checked, written, taken back, each all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.settings import ORGANISMES
from grants.organisation.tables import Organisme
from grants.reprise import tables as etats
from grants.reprise.columns import Reading
from grants.reprise.dossiers import path_of, write_dossiers
from grants.reprise.faults import MOST_KEPT, pack
from grants.reprise.files import rows_of
from grants.reprise.known import load_known
from grants.reprise.lines import Lines, read_lines
from grants.reprise.planning import Scene, make_plan
from grants.reprise.plans import Plan
from grants.reprise.progress import Interrupted, Pulse
from grants.reprise.tables import Reprise
from grants.reprise.targets import targets_of
from grants.reprise.undoing import holds, take_back
from grants.reprise.unreadable import UnreadableFile
from grants.reprise.writing import Work, write_fiches
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import DomainError
from workflow.parameters import parameters_in_force

TAKEN_OVER, TAKEN_BACK = "reprise_faite", "reprise_annulee"
_R, _O = table_of(Reprise), table_of(Organisme)
_log = structlog.get_logger(__name__)
_INCIDENT = (
    "Un incident a arrêté le travail. Rien n'a été enregistré : recommencez, ou prévenez la "
    "personne qui gère le serveur."
)
_OVERTAKEN = (
    "Quelqu'un a enregistré une de ces fiches entre-temps. Rien n'a été repris : vérifiez de "
    "nouveau, puis recommencez."
)


@dataclass(frozen=True, slots=True)
class Job:
    """One reprise at work: where, by whom, and the clock."""

    database: Database
    engine: Engine
    identity: Identity
    id: int
    clock: Callable[[], datetime]


def check(job: Job) -> None:
    """The dry run: everything wrong is kept with the reprise, nothing else is written."""
    _guarded(job, _check, etats.ECHOUEE)


def write(job: Job) -> None:
    """Take the file over, in one transaction."""
    _guarded(job, _write, etats.ECHOUEE)


def undo(job: Job) -> None:
    """Take the reprise back, in one transaction."""
    _guarded(job, _undo, etats.FAITE)


def _guarded(job: Job, work: Callable[[Job, Pulse], None], otherwise: str) -> None:
    """Run to the end; what stops it is told on the reprise, in words."""
    pulse = Pulse(job.database, job.id, job.clock)
    try:
        work(job, pulse)
    except Interrupted:
        return  # somebody found it dead, and said so
    except (UnreadableFile, DomainError) as error:
        pulse.end({"etat": otherwise, "message": str(error)})
    except IntegrityError as error:
        _log.warning("reprise_overtaken", reprise=job.id, kind=type(error.orig).__name__)
        pulse.end({"etat": otherwise, "message": _OVERTAKEN})
    except Exception as error:  # noqa: BLE001 — nobody waits for the answer: it is told on the page
        _log.error("reprise_failed", reprise=job.id, kind=type(error).__name__)
        pulse.end({"etat": otherwise, "message": _INCIDENT})


def _check(job: Job, pulse: Pulse) -> None:
    row = _row(job)
    scene, lines = _read(job, row, pulse)
    with job.database.reading() as session:
        known = load_known(session.connection(), job.identity.organisme_id)
    plan = make_plan(scene, lines, known, pulse.beat)
    pulse.end(_found(lines, plan))


def _write(job: Job, pulse: Pulse) -> None:
    row = _row(job)
    scene, lines = _read(job, row, pulse)
    with job.database.unit_of_work() as session:
        connection = session.connection()
        pulse.hold(connection)
        known = load_known(connection, job.identity.organisme_id)
        plan = make_plan(scene, lines, known, lambda _done, _of: None)
        if lines.faults:
            message = "Depuis la vérification, d'autres fiches ont changé. Rien n'a été repris."
            pulse.settle(connection, {**_found(lines, plan), "message": message})
            return
        work = Work(connection, job.identity, job.id, row["nom"], scene.now)
        write_fiches(work, plan)
        if scene.machine is not None:
            write_dossiers(work, path_of(work, job.engine, scene.machine), plan.dossiers)
        _tell(session, job, TAKEN_OVER, row, plan.counts(), scene.now)
        done = {"etat": etats.FAITE, "contenu": None, "bilan": _counted(plan, lines)}
        pulse.settle(connection, {**done, "message": "", "fini_le": scene.now})


def _undo(job: Job, pulse: Pulse) -> None:
    row, now = _row(job), job.clock()
    with job.database.unit_of_work() as session:
        connection = session.connection()
        pulse.hold(connection)
        reasons = holds(connection, job.id)
        if reasons:
            message = " ".join(hold.what for hold in reasons)
            pulse.settle(connection, {"etat": etats.FAITE, "message": message})
            return
        counts = take_back(Work(connection, job.identity, job.id, row["nom"], now))
        _tell(session, job, TAKEN_BACK, row, counts, now)
        pulse.settle(connection, {"etat": etats.ANNULEE, "message": "", "fini_le": now})


def _row(job: Job) -> dict[str, Any]:
    query = select(*_R.c).where(_R.c.id == job.id, _R.c.organisme_id == job.identity.organisme_id)
    with job.database.reading() as session:
        return dict(session.connection().execute(query).mappings().one())


def _read(job: Job, row: Mapping[str, Any], pulse: Pulse) -> tuple[Scene, Lines]:
    """The rows of the file as typed answers: the long part, which holds nothing."""
    reading = reading_of(row["lecture"])
    rows = rows_of(row["format"], row["contenu"] or b"", reading.sheet)
    targets = targets_of(job.engine, row["sujet"], row["pipeline"])
    types = job.engine.vocabulary.field_types
    lines = read_lines(rows, reading, targets, types, pulse.beat)
    return _scene(job, row), lines


def _scene(job: Job, row: Mapping[str, Any]) -> Scene:
    loaded = job.engine.catalogue.latest(row["pipeline"]) if row["pipeline"] else None
    parameters: Mapping[str, Any] = {}
    if loaded is not None:
        query = select(_O.c.parametres).where(_O.c.id == job.identity.organisme_id)
        with job.database.reading() as session:
            overrides = session.connection().execute(query).scalar_one()
        types = job.engine.vocabulary.field_types
        parameters = parameters_in_force(loaded.pipeline, overrides, types)
    machine = loaded.machine if loaded else None
    return Scene(job.engine, row["sujet"], machine, parameters, job.clock())


def reading_of(kept: str) -> Reading:
    """How a file is read, from what a column keeps."""
    told = json.loads(kept)
    chosen = {int(index): key for index, key in told.get("colonnes", {}).items()}
    return Reading(told.get("feuille", ""), told.get("entete", 1), chosen)


def written_reading(reading: Reading) -> str:
    """How a file is read, as a column keeps it."""
    columns = {str(index): key for index, key in reading.chosen.items()}
    return json.dumps({"feuille": reading.sheet, "entete": reading.header, "colonnes": columns})


def _found(lines: Lines, plan: Plan) -> dict[str, Any]:
    """What the dry run says."""
    return {
        "etat": etats.VERIFIEE,
        "message": "",
        "bilan": _counted(plan, lines),
        "anomalies": pack(lines.faults[:MOST_KEPT]) if lines.faults else None,
    }


def _counted(plan: Plan, lines: Lines) -> str:
    return json.dumps(
        {
            "lignes": plan.lines,
            "connues": plan.known,
            "anomalies": len(lines.faults),
            "lignes_fautives": len({fault.row for fault in lines.faults}),
            "ajouts": plan.counts(),
            "ecarts": plan.differing,
            "exemples": [asdict(each) for each in plan.differences],
        },
        ensure_ascii=False,
    )


def _tell(
    session: Session,
    job: Job,
    event: str,
    row: Mapping[str, Any],
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """The one line of the organisme's own journal."""
    connection = session.connection()
    organisme_id = job.identity.organisme_id
    organisme = ORGANISMES.lock(connection, organisme_id, organisme_id)
    content = {
        "reprise": job.id,
        "nom": row["nom"],
        "empreinte": row["digest"],
        "sujet": row["sujet"],
        "comptes": dict(counts),
    }
    ORGANISMES.note(connection, job.identity, organisme, Fact(event, now, content))
