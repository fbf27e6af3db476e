"""What is done with a pièce: handed in, validated, sent back to be mended, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session

from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.pieces.names import shown_name
from grants.dossiers.pieces.queries import files_of, read_file
from grants.dossiers.pieces.rows import Opened, change, open_piece
from grants.dossiers.pieces.states import (
    A_CORRIGER,
    ATTENDUE,
    INCOMPLETE,
    MOTIFS,
    PERIMEE,
    RECUE,
    VALIDEE,
)
from grants.dossiers.pieces.tables import Fichier
from grants.dossiers.staleness import is_replay
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity
from workflow.database import table_of
from workflow.dates import format_date, parse_date, to_paris
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid
from workflow.texts import InputFault, TextFault, clean_text

HANDED_IN, VALIDATED = "piece_recue", "piece_validee"
SENT_BACK, WITHDRAWN = "piece_a_corriger", "fichier_retire"
LONGEST_COMMENT = 1000
_F = table_of(Fichier)


class NothingHandedIn(DomainError):
    """Aucun fichier n’est là pour « {piece} » : ajoutez-en un d’abord."""

    code = "piece_attendue"


@dataclass(slots=True)
class Handed:
    """One file already on the disk, under `stored`: what it is, and what its sender calls it."""

    name: str
    type: str
    size: int
    sha256: str
    stored: str
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of the files handed in: kept ones, and where the others were already."""

    piece: str
    kept: tuple[str, ...] = ()
    already: tuple[tuple[str, str], ...] = ()


def hand_in(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    piece: str,
    files: Sequence[Handed],
    now: datetime,
    key: str | None = None,
) -> Received:
    """Keep files for a pièce, which waits to be looked at again. Never commits.

    A file that is there already is told, not kept twice. One that comes for a pièce found wrong
    or out of date takes the place of what was there; for an incomplete one, it is added.
    Raises NotFound, NoStructureYet, ReadOnly.
    """
    opened = open_piece(session, engine, identity, dossier_id, piece, now)
    if is_replay(session.connection(), opened.subject, HANDED_IN, key):
        return Received(opened.piece.label)
    names = {row["sha256"]: row["nom"] for row in _live(session, opened)}
    replaced = opened.standing.state in (A_CORRIGER, PERIMEE) and opened.motif != INCOMPLETE
    fresh = {each.sha256: each for each in files if each.sha256 not in names}
    already = tuple(
        (shown_name(each.name, each.type), names[each.sha256])
        for each in files
        if each.sha256 in names
    )
    if not fresh:
        return Received(opened.piece.label, already=already)
    gone = [row["id"] for row in _live(session, opened)] if replaced else []
    _withdraw(session, identity, gone, now)
    kept = tuple(_keep(session, opened, identity, each, now) for each in fresh.values())
    dated = None if replaced else opened.row["date_document"]
    change(session, opened, identity, {"etat": RECUE, "date_document": dated}, now)
    said = {"piece": opened.piece.label, "fichiers": ", ".join(kept)}
    _record(session, engine, opened, identity, HANDED_IN, {"champs": said}, now, key)
    return Received(opened.piece.label, kept, already)


def validate(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    piece: str,
    form: Mapping[str, str],
    now: datetime,
    version: int | None = None,
) -> None:
    """Say that a pièce will do; `form` gives the document's date, owed where it goes out of date.

    Never commits. Raises Invalid, NothingHandedIn, NotFound, Stale, ReadOnly.
    """
    opened = open_piece(session, engine, identity, dossier_id, piece, now, version)
    dated = _document_date(opened, form.get("date_document", ""), now)
    if not _live(session, opened):
        raise NothingHandedIn(piece=opened.piece.label)
    if opened.standing.state == VALIDEE and opened.row["date_document"] == dated:
        return
    change(session, opened, identity, {"etat": VALIDEE, "date_document": dated}, now)
    said = {"piece": opened.piece.label}
    if dated is not None:
        said["date_document"] = format_date(dated)
    _record(session, engine, opened, identity, VALIDATED, {"champs": said}, now)


def send_back(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    piece: str,
    form: Mapping[str, str],
    now: datetime,
    version: int | None = None,
) -> None:
    """Say why a pièce will not do; `form` gives one of MOTIFS and a comment.

    Never commits. Raises Invalid, NothingHandedIn, NotFound, Stale, ReadOnly.
    """
    opened = open_piece(session, engine, identity, dossier_id, piece, now, version)
    motif, comment = _why(form)
    if not _live(session, opened):
        raise NothingHandedIn(piece=opened.piece.label)
    values = {"etat": A_CORRIGER, "motif": motif, "commentaire": comment}
    change(session, opened, identity, values, now)
    reason = MOTIFS[motif].capitalize() + (f"\u00a0: {comment}" if comment else "")
    content = {"champs": {"piece": opened.piece.label}, "motif": reason}
    _record(session, engine, opened, identity, SENT_BACK, content, now)


def withdraw(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    file_id: int,
    now: datetime,
) -> None:
    """Take a file out of its pièce, which is looked at again, or waited for again.

    Withdrawn twice, it is withdrawn once. Never commits. Raises NotFound, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    found = read_file(connection, identity.organisme_id, dossier_id, file_id)
    opened = open_piece(session, engine, identity, dossier_id, found["cle"], now)
    live = _live(session, opened)
    if file_id not in [row["id"] for row in live]:
        return
    _withdraw(session, identity, [file_id], now)
    state = RECUE if len(live) > 1 else ATTENDUE
    dated = opened.row["date_document"] if len(live) > 1 else None
    change(session, opened, identity, {"etat": state, "date_document": dated}, now)
    said = {"piece": opened.piece.label, "fichiers": found["nom"]}
    _record(session, engine, opened, identity, WITHDRAWN, {"champs": said}, now)


def _live(session: Session, opened: Opened) -> list[dict[str, Any]]:
    id = opened.row["id"]
    return files_of(session.connection(), opened.subject.tenant_id, [id]).get(id, [])


def _keep(session: Session, opened: Opened, identity: Identity, file: Handed, now: datetime) -> str:
    name = shown_name(file.name, file.type)
    session.connection().execute(
        insert(_F).values(
            organisme_id=opened.subject.tenant_id,
            piece_id=opened.row["id"],
            nom=name,
            type=file.type,
            taille=file.size,
            pages=file.pages,
            sha256=file.sha256,
            stockage=file.stored,
            par_id=identity.compte_id,
            par=identity.nom,
            le=now,
        )
    )
    return name


def _withdraw(session: Session, identity: Identity, files: Sequence[int], now: datetime) -> None:
    if files:
        withdrawn = {"retire_le": now, "retire_par": identity.nom}
        session.connection().execute(update(_F).where(_F.c.id.in_(files)).values(withdrawn))


def _record(
    session: Session,
    engine: Engine,
    opened: Opened,
    identity: Identity,
    event: str,
    content: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
) -> None:
    """The line in the journal, then what follows by itself here and in the structure's others."""
    record_fact(session, engine, opened.subject, identity, event, content, now, key)
    store_chain(session.connection(), opened.subject)
    for subject in (opened.subject, *opened.siblings):
        settle(session, engine, subject, now)


def _document_date(opened: Opened, typed: str, now: datetime) -> date | None:
    if not typed.strip():
        if opened.piece.validity is None:
            return None
        sentence = f"Indiquez la date du document : il est valable {opened.piece.validity}."
        raise Invalid({"date_document": sentence})
    try:
        dated = parse_date(typed)
    except InputFault as fault:
        raise Invalid({"date_document": str(fault)}) from None
    if dated > to_paris(now).date():
        raise Invalid({"date_document": "Cette date est dans le futur. Vérifiez-la."})
    validity = opened.piece.validity
    if validity is not None and (last := validity.last_day(dated)) < to_paris(now).date():
        sentence = (
            f"Ce document était valable {validity}, jusqu’au {format_date(last)} :"
            " demandez-en un plus récent."
        )
        raise Invalid({"date_document": sentence})
    return dated


def _why(form: Mapping[str, str]) -> tuple[str, str | None]:
    faults: dict[str, str] = {}
    motif, comment = form.get("motif", ""), ""
    if motif not in MOTIFS:
        faults["motif"] = "Choisissez ce qui ne convient pas."
    try:
        comment = clean_text(form.get("commentaire", ""), longest=LONGEST_COMMENT, multiline=True)
    except TextFault as fault:
        faults["commentaire"] = str(fault)
    if faults:
        raise Invalid(faults)
    return motif, comment or None
