"""What the direction does with a file: sends it, says what its columns are, launches, gives up."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.reprise import tables as etats
from grants.reprise.columns import Reading, guess, guess_columns
from grants.reprise.files import format_of, outlines_of
from grants.reprise.grid import Outline
from grants.reprise.progress import WORKER, release_dead
from grants.reprise.queries import read_reprise
from grants.reprise.running import reading_of, written_reading
from grants.reprise.tables import CONTACTS, DOSSIERS, EN_COURS, STRUCTURES, Reprise
from grants.reprise.targets import Target, targets_of
from grants.reprise.unreadable import UnreadableFile
from workflow.database import table_of
from workflow.dates import format_datetime
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid

_R = table_of(Reprise)
FILE, SUBJECT = "fichier", "sujet"
SHEET, HEADER, COLUMN = "feuille", "entete", "colonne"
LONGEST_NAME = 200
_INDEX = re.compile("[0-9]{1,3}")
#: Where a file may still be read otherwise.
STILL_OPEN = (etats.RECUE, etats.VERIFIEE, etats.INTERROMPUE, etats.ECHOUEE)


class AlreadyUnderWay(DomainError):
    """Une autre reprise est en cours dans votre organisme. Attendez qu'elle soit terminée."""

    code = "reprise_en_cours"


class NotAtThatPoint(DomainError):
    """Cette reprise n'en est plus là : rechargez la page pour voir où elle en est."""

    code = "reprise_ailleurs"


class StillFaulty(DomainError):
    """Ce fichier contient encore des anomalies. Corrigez-les, puis envoyez-le de nouveau."""

    code = "reprise_fautive"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, and what it is said to hold: « structures », « dossiers-… »."""

    subject: str
    name: str
    content: bytes


def subjects(engine: Engine) -> list[tuple[str, str]]:
    """What may be taken over: the key of each subject and its words."""
    pipelines = sorted(engine.catalogue.current(), key=lambda each: each.rank)
    return [
        (STRUCTURES, "Des structures"),
        (CONTACTS, "Des contacts (personnes)"),
        *((f"{DOSSIERS}-{each.key}", f"Des dossiers : {each.label}") for each in pipelines),
    ]


def subject_of(engine: Engine, key: str) -> tuple[str, str | None] | None:
    """A subject's key → the subject and the pipeline, if it has one."""
    if key not in {known for known, _ in subjects(engine)}:
        return None
    sujet, _, pipeline = key.partition("-")
    return sujet, pipeline or None


def receive(session: Session, engine: Engine, identity: Identity, sent: Sent, now: datetime) -> int:
    """Keep a file, its columns guessed. Never commits. Raises Invalid, DirectionOnly."""
    identity.require_direction()
    subject, faults = subject_of(engine, sent.subject), dict[str, str]()
    if subject is None:
        faults[SUBJECT] = "Choisissez dans la liste ce que contient le fichier."
    digest = hashlib.sha256(sent.content).hexdigest()
    try:
        kind = format_of(sent.content)
        sheets = outlines_of(kind, sent.content)
    except UnreadableFile as error:
        raise Invalid({**faults, FILE: str(error)}) from error
    if subject is None:
        raise Invalid(faults)
    connection, (sujet, pipeline) = session.connection(), subject
    _refuse_again(connection, identity.organisme_id, sujet, pipeline, digest)
    reading = guess(sheets, targets_of(engine, sujet, pipeline))
    row = {
        "organisme_id": identity.organisme_id,
        "sujet": sujet,
        "pipeline": pipeline,
        "nom": _plain_name(sent.name),
        "format": kind,
        "digest": digest,
        "contenu": sent.content,
        "lecture": written_reading(reading),
        "etat": etats.RECUE,
        "message": "",
        "fait": 0,
        "total": 0,
        "bilan": "{}",
        "cree_le": now,
        "cree_par_id": identity.compte_id,
        "cree_par": identity.nom,
        "travailleur": "",
    }
    return connection.execute(insert(_R).values(row).returning(_R.c.id)).scalar_one()


def choose_sheet(
    session: Session, engine: Engine, identity: Identity, id: int, raw: Mapping[str, str]
) -> None:
    """Read another sheet, or other titles: the columns are guessed again. Raises Invalid…"""
    row = _open_row(session, identity, id)
    sheets = outlines_of(row["format"], row["contenu"])
    sheet = next((each for each in sheets if each.name == raw.get(SHEET)), None)
    if sheet is None:
        raise Invalid({SHEET: "Choisissez une feuille dans la liste."})
    header = _header(sheet, raw.get(HEADER, ""))
    targets = targets_of(engine, row["sujet"], row["pipeline"])
    reading = Reading(sheet.name, header, guess_columns(sheet, header, targets))
    _write(session, id, {"lecture": written_reading(reading), **_AS_NEW})


def launch_check(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep what each column is, and begin the dry run. Raises Invalid, AlreadyUnderWay…

    `raw` gives the target of each column by its index: « colonne-3 » → « siret ».
    """
    row = _open_row(session, identity, id)
    targets = targets_of(engine, row["sujet"], row["pipeline"])
    old = reading_of(row["lecture"])
    chosen = _chosen(raw, targets)
    reading = Reading(old.sheet, old.header, chosen)
    told = {**_AS_NEW, "lecture": written_reading(reading)}
    _begin(session, id, etats.VERIFICATION, now, told)


def launch_write(session: Session, identity: Identity, id: int, now: datetime) -> None:
    """Begin taking over what the dry run found sound. Raises StillFaulty, AlreadyUnderWay…"""
    identity.require_direction()
    row = read_reprise(session.connection(), identity.organisme_id, id, lock=True)
    if row["etat"] != etats.VERIFIEE or row["contenu"] is None:
        raise NotAtThatPoint
    if json.loads(row["bilan"]).get("anomalies"):
        raise StillFaulty
    connection = session.connection()
    _refuse_again(connection, identity.organisme_id, row["sujet"], row["pipeline"], row["digest"])
    _begin(session, id, etats.ECRITURE, now, {"message": ""})


def launch_undo(session: Session, identity: Identity, id: int, now: datetime) -> None:
    """Begin taking a reprise back. Raises NotAtThatPoint, AlreadyUnderWay…"""
    identity.require_direction()
    row = read_reprise(session.connection(), identity.organisme_id, id, lock=True)
    if row["etat"] != etats.FAITE:
        raise NotAtThatPoint
    _begin(session, id, etats.ANNULATION, now, {"message": ""})


def give_up(session: Session, identity: Identity, id: int) -> None:
    """Forget a file that was not taken over. Raises NotAtThatPoint…"""
    _open_row(session, identity, id)
    forgotten = {"contenu": None, "anomalies": None, "bilan": "{}", "lecture": "{}"}
    _write(session, id, {**forgotten, "etat": etats.ABANDONNEE, "message": ""})


_AS_NEW: Mapping[str, Any] = {
    "etat": etats.RECUE,
    "message": "",
    "bilan": "{}",
    "anomalies": None,
    "fait": 0,
    "total": 0,
}


def _open_row(session: Session, identity: Identity, id: int) -> dict[str, Any]:
    """A reprise whose file may still be read otherwise."""
    identity.require_direction()
    row = read_reprise(session.connection(), identity.organisme_id, id, lock=True)
    if row["etat"] not in STILL_OPEN or row["contenu"] is None:
        raise NotAtThatPoint
    return row


def _begin(session: Session, id: int, etat: str, now: datetime, values: Mapping[str, Any]) -> None:
    """One work at a time in an organisme: the database refuses a second one."""
    release_dead(session, now)
    connection = session.connection()
    work = {"etat": etat, "travailleur": WORKER, "battement": now, "fait": 0, "total": 0}
    try:
        with connection.begin_nested():
            connection.execute(update(_R).where(_R.c.id == id).values({**values, **work}))
    except IntegrityError as error:
        raise AlreadyUnderWay from error


def _write(session: Session, id: int, values: Mapping[str, Any]) -> None:
    session.connection().execute(update(_R).where(_R.c.id == id).values(values))


def _refuse_again(
    connection: Connection, organisme_id: int, sujet: str, pipeline: str | None, digest: str
) -> None:
    """The same file twice adds nothing: say when it came first."""
    query = select(_R.c.fini_le, _R.c.cree_par, _R.c.etat).where(
        _R.c.organisme_id == organisme_id,
        _R.c.digest == digest,
        _R.c.sujet == sujet,
        _R.c.pipeline.is_not_distinct_from(pipeline),
        _R.c.etat.in_((etats.FAITE, *EN_COURS)),
    )
    row = connection.execute(query).first()
    if row is None:
        return
    when = f" le {format_datetime(row.fini_le)}" if row.fini_le else ""
    what = f"Ce fichier a déjà été repris{when}, par {row.cree_par} : il n'ajouterait rien."
    raise Invalid({FILE: what})


def _plain_name(name: str) -> str:
    """A file's name as it may be shown: no folder, nothing invisible."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    return shown[-LONGEST_NAME:] or "fichier"


def _header(sheet: Outline, text: str) -> int:
    numbers = {str(row.number): row.number for row in sheet.rows}
    if text not in numbers:
        raise Invalid({HEADER: "Choisissez la ligne des titres dans la liste."})
    return numbers[text]


def _chosen(raw: Mapping[str, str], targets: Sequence[Target]) -> dict[int, str]:
    """The target of each column. Raises Invalid for one given twice, or not at all."""
    labels = {target.key: target.label for target in targets}
    faults: dict[str, str] = {}
    chosen: dict[int, str] = {}
    for name, key in raw.items():
        index = name.removeprefix(f"{COLUMN}-")
        if not key or not _INDEX.fullmatch(index):
            continue
        if key not in labels:
            faults[name] = "Choisissez dans la liste."
        elif key in chosen.values():
            faults[name] = f"« {labels[key]} » est déjà donné par une autre colonne."
        else:
            chosen[int(index)] = key
    owed = [target for target in targets if target.field.required]
    missing = [target.label for target in owed if target.key not in chosen.values()]
    if missing and not faults:
        listed = ", ".join(f"« {label} »" for label in missing)
        faults[COLUMN] = f"Dites quelle colonne donne {listed}."
    if faults:
        raise Invalid(faults)
    return chosen
