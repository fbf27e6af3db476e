"""The pièces of a dossier: looked at, handed in, judged, withdrawn, given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from api.piece_files import limits_of, served
from api.v1.contract import Answer, Arrival, Call, Subject
from api.v1.errors import FilesRefused
from api.v1.given import only_asked
from api.v1.routes import PREFIX
from api.v1.shapes.pieces import Fichier, Piece, Pieces, Remise
from grants.dossiers.pieces.deposit import Deposit, count_fault, deposit
from grants.dossiers.pieces.kinds import KINDS
from grants.dossiers.pieces.queries import files_of, pieces_of, read_file
from grants.dossiers.pieces.rows import require_piece
from grants.dossiers.pieces.service import hand_in, send_back, validate, withdraw
from grants.dossiers.pieces.states import MOTIFS, Standing, standings
from grants.dossiers.pieces.storage import Storage
from grants.dossiers.reading import read_subject
from workflow.dates import to_paris
from workflow.errors import Invalid, NotFound
from workflow.pipeline import Choice, Field

subject = Subject("Pièces")
_DOSSIER = "/dossiers/{dossier_id}"
_PIECE = f"{_DOSSIER}/pieces/{{piece}}"
_FILE = f"{_DOSSIER}/fichiers/{{fichier_id}}"
FILES = "fichiers"
_DATED = Field(
    key="date_document",
    label="Date du document",
    type="date",
    help="Due quand la pièce a une durée de validité.",
)
_WHY = (
    Field(
        key="motif",
        label="Ce qui ne convient pas",
        type="choix",
        choices=tuple(Choice(key=key, label=label) for key, label in MOTIFS.items()),
        required=True,
    ),
    Field(key="commentaire", label="Commentaire", type="texte_long", longest=1000),
)


@subject.get(f"{_DOSSIER}/pieces", "Les pièces d’un dossier", Pieces)
def pieces(call: Call) -> Pieces:
    """Every pièce that the dispositif expects, with its files. Raises NotFound."""
    return {"pieces": _told(call)}


@subject.get(_PIECE, "Une pièce", Piece)
def piece(call: Call) -> Piece:
    """One pièce. Raises NotFound."""
    return _one(call)


@contextmanager
def _on_the_disk(arrival: Arrival) -> Iterator[Deposit]:
    """What came, examined and put in its place; gone again if nothing comes to know it."""
    house, organisme_id = arrival.house, arrival.identity.organisme_id
    with house.database.reading() as session:
        asked = int(arrival.path["dossier_id"]), arrival.path["piece"]
        require_piece(session.connection(), house.engine, organisme_id, *asked)
    if fault := count_fault(len(arrival.files)):
        raise Invalid({FILES: fault})
    storage = Storage(house.settings.files_folder)
    limits = limits_of(house.settings)
    done = deposit(house.database, storage, limits, organisme_id, arrival.files)
    try:
        if done.refused:
            raise FilesRefused(FILES, done.refused)
        yield done
    except BaseException:
        done.forget(storage)
        raise


@subject.post(
    f"{_PIECE}/{FILES}",
    "Remettre des fichiers",
    Remise,
    status=201,
    takes="files",
    upload=FILES,
    prepare=_on_the_disk,
)
def hand_files_in(call: Call) -> Remise:
    """Keep the files, all of them or none. Raises Invalid, FilesRefused, NoStructureYet…"""
    only_asked(call)
    received = hand_in(
        call.session,
        call.house.engine,
        call.identity,
        call.id("dossier_id"),
        call.path["piece"],
        call.prepared.files,
        call.now,
        call.key,
    )
    return {
        "gardes": list(received.kept),
        "deja_la": [{"nom": new, "deja": known} for new, known in received.already],
        "piece": _one(call),
    }


@subject.post(
    f"{_PIECE}/validation",
    "Valider une pièce",
    Piece,
    asks=(_DATED,),
    versioned=True,
    example={"date_document": "2026-03-02"},
)
def validate_piece(call: Call) -> Piece:
    """The pièce will do. Raises Invalid, NothingHandedIn, NotFound, Stale."""
    only_asked(call, _DATED)
    return _judged(call, validate)


@subject.post(
    f"{_PIECE}/correction",
    "Renvoyer une pièce à corriger",
    Piece,
    asks=_WHY,
    versioned=True,
    example={"motif": "illisible", "commentaire": "Le cachet ne se lit pas."},
)
def send_piece_back(call: Call) -> Piece:
    """The pièce has to be mended. Raises Invalid, NothingHandedIn, NotFound, Stale."""
    only_asked(call, *_WHY)
    return _judged(call, send_back)


@subject.get(_FILE, "Un fichier remis", None, media=tuple(each.media for each in KINDS.values()))
def download(call: Call) -> Answer:
    """The file itself, withdrawn ones included. Raises NotFound, FileGone."""
    ids = call.id("dossier_id"), call.id("fichier_id")
    file = read_file(call.connection, call.organisme_id, *ids)
    return Answer(file=served(call.house, file, inline=False))


@subject.delete(_FILE, "Retirer un fichier", Piece)
def withdraw_file(call: Call) -> Piece:
    """Take a file out of its pièce. Raises NotFound."""
    ids = call.id("dossier_id"), call.id("fichier_id")
    key = read_file(call.connection, call.organisme_id, *ids)["cle"]
    withdraw(call.session, call.house.engine, call.identity, *ids, call.now)
    return _one(call, key)


def _judged(call: Call, judge: Callable[..., Any]) -> Piece:
    names = ("date_document", "motif", "commentaire")
    judge(
        call.session,
        call.house.engine,
        call.identity,
        call.id("dossier_id"),
        call.path["piece"],
        {name: call.text(name) for name in names},
        call.now,
        call.version,
    )
    return _one(call)


def _one(call: Call, key: str | None = None) -> Piece:
    asked = key or call.path["piece"]
    found = next((each for each in _told(call) if each["cle"] == asked), None)
    if found is None:
        raise NotFound
    return found


def _told(call: Call) -> list[Piece]:
    connection, engine = call.connection, call.house.engine
    found = read_subject(connection, engine, call.organisme_id, call.id("dossier_id"), lock=False)
    rows = pieces_of(connection, found.row)
    files = files_of(connection, call.organisme_id, [row["id"] for row in rows])
    pipeline, day = engine.machine(found).pipeline, to_paris(call.now).date()
    return [
        _piece(found.id, each, files.get(each.row["id"], []) if each.row else [])
        for each in standings(pipeline, rows, day, found.stage)
    ]


def _piece(dossier_id: int, standing: Standing, files: list[dict[str, Any]]) -> Piece:
    expected, row = standing.piece, standing.row or {}
    return {
        "cle": expected.key,
        "libelle": expected.label,
        "pourquoi": expected.help,
        "pour": list(expected.required_for),
        "validite": str(expected.validity) if expected.validity else None,
        "gardee_pour": expected.kept,
        "etat": standing.state,
        "date_document": row.get("date_document"),
        "valable_jusqu_au": standing.last_day,
        "motif": row.get("motif"),
        "commentaire": row.get("commentaire"),
        "fichiers": [told_file(dossier_id, each) for each in files],
        # What the row will be born with, the first time that something is done.
        "version": row.get("version", 1),
    }


def told_file(dossier_id: int, row: Mapping[str, Any]) -> Fichier:
    """One file handed in."""
    return {
        "id": row["id"],
        "nom": row["nom"],
        "type": KINDS[row["type"]].media,
        "taille": row["taille"],
        "pages": row["pages"],
        "par": row["par"],
        "le": row["le"],
        "url": f"{PREFIX}/dossiers/{dossier_id}/fichiers/{row['id']}",
    }
